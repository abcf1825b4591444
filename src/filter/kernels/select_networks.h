/* select_networks.h - selection networks for the median of `across` sorted columns of `down` values, and the networks
 * that sort a column. Value i (0 = least) of column c is wire c * down + i. CE(a, b) puts the smaller value on a and
 * the larger on b; LO and HI are those halves of it that matter later. Found by a search: partial selection over the
 * candidates that counting leaves ("forgetful selection"), then every comparator dropped that the 0-1 principle
 * (Knuth, The Art of Computer Programming 3, 5.3.4) shows to be idle for sorted columns. tests/filter/test_median.c
 * proves each network over all 0-1 inputs. The sorting networks are the best known ones (same book). */
#ifndef TOMO_FILTER_SELECT_NETWORKS_H
#define TOMO_FILTER_SELECT_NETWORKS_H

#define SORT_3(CE)             \
    CE(0, 2) CE(0, 1) CE(1, 2)

#define SORT_5(CE)                                                                   \
    CE(0, 3) CE(1, 4) CE(0, 2) CE(1, 3) CE(0, 1) CE(2, 4) CE(1, 2) CE(3, 4) CE(2, 3)

#define SORT_9(CE)                                                                                              \
    CE(0, 3) CE(1, 7) CE(2, 5) CE(4, 8) CE(0, 7) CE(2, 4) CE(3, 8) CE(5, 6) CE(0, 2) CE(1, 3) CE(4, 5) CE(7, 8) \
    CE(1, 4) CE(3, 6) CE(5, 7) CE(0, 1) CE(2, 4) CE(3, 5) CE(6, 8) CE(2, 3) CE(4, 5) CE(6, 7) CE(1, 2) CE(3, 4) \
    CE(5, 6)

/* 12 minima and maxima; the median is on wire SELECT_3X3_AT */
#define SELECT_3X3(CE, LO, HI)                                                                \
    HI(0, 6) HI(3, 6) CE(1, 7) HI(1, 4) LO(4, 7) LO(2, 8) LO(2, 5) CE(2, 6) HI(2, 4) LO(6, 4)

#define SELECT_3X3_AT 6

/* 94 minima and maxima; the median is on wire SELECT_5X5_AT */
#define SELECT_5X5(CE, LO, HI)                                                                                      \
    CE(0, 15) HI(0, 10) CE(5, 15) HI(5, 10) CE(15, 20) HI(10, 15) CE(1, 16) CE(6, 21) CE(6, 16) HI(1, 6) CE(11, 21) \
    HI(6, 11) CE(16, 21) CE(2, 17) CE(7, 22) CE(2, 12) CE(7, 17) HI(2, 7) CE(12, 22) LO(17, 22) CE(12, 17)          \
    CE(8, 23) CE(3, 13) CE(3, 8) LO(13, 23) CE(8, 13) LO(13, 18) CE(4, 19) CE(9, 24) CE(4, 14) LO(9, 19) CE(4, 9)   \
    LO(14, 24) LO(9, 14) CE(12, 7) CE(8, 4) HI(15, 12) LO(21, 4) CE(21, 13) CE(7, 8) CE(21, 3) HI(21, 7) LO(13, 17) \
    CE(13, 3) CE(12, 7) HI(13, 12) LO(3, 20) CE(3, 12) CE(7, 8) HI(3, 7) CE(12, 16) LO(8, 16) CE(12, 7) CE(8, 9)    \
    HI(12, 8) LO(7, 9) CE(7, 8) HI(7, 11) LO(8, 11)

#define SELECT_5X5_AT 8

/* 56 minima and maxima; the median is on wire SELECT_9X3_AT */
#define SELECT_9X3(CE, LO, HI)                                                                                      \
    HI(0, 9) HI(9, 18) HI(1, 10) HI(10, 19) CE(2, 20) HI(2, 11) CE(11, 20) CE(3, 21) HI(3, 12) CE(12, 21) CE(4, 22) \
    HI(4, 13) LO(13, 22) CE(5, 23) CE(5, 14) LO(14, 23) CE(6, 24) CE(6, 15) LO(15, 24) LO(7, 25) LO(7, 16)          \
    LO(8, 26) LO(8, 17) HI(20, 5) LO(14, 21) HI(7, 11) CE(14, 5) LO(5, 8) CE(11, 19) CE(6, 14) HI(11, 6) LO(19, 13) \
    HI(19, 6) LO(6, 15) CE(6, 14) CE(5, 18) HI(6, 5) LO(14, 18) CE(14, 5) HI(14, 12) LO(5, 12)

#define SELECT_9X3_AT 5

#endif
