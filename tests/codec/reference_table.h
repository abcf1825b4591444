/* reference_table.h - made by make_references.py; see there. */
static const reference references[] = {
    { "dicom/ct-all-syntaxes/CTImage.dcm_BigEndianExplicitTransferSyntax_1.2.840.10008.1.2.2.dcm",
      "1.2.840.10008.1.2.2", { { 7036, 524288 } },
      512, 512, 1, 16, 16, true, false, true,
      "1bee432808f49770bbc30d904e3e744082b0ba41704d4943e7de5bcb3e3d72f9" }, /* GDCM 3.0.21 */
    { "dicom/ct-all-syntaxes/CTImage.dcm_JPEG2000LosslessOnlyTransferSyntax_1.2.840.10008.1.2.4.90.dcm",
      "1.2.840.10008.1.2.4.90", { { 7382, 167296 } },
      512, 512, 1, 16, 16, true, false, false,
      "1bee432808f49770bbc30d904e3e744082b0ba41704d4943e7de5bcb3e3d72f9" }, /* GDCM 3.0.21 */
    { "dicom/ct-all-syntaxes/CTImage.dcm_JPEG2000TransferSyntax_1.2.840.10008.1.2.4.91.dcm",
      "1.2.840.10008.1.2.4.91", { { 7768, 137766 } },
      512, 512, 1, 16, 16, true, false, false,
      "ca3472c2d32b272f041d11868d17e58325ae8928fab94964fc486297a228436d" }, /* GDCM 3.0.21 */
    { "dicom/ct-all-syntaxes/CTImage.dcm_JPEGLSLosslessTransferSyntax_1.2.840.10008.1.2.4.80.dcm",
      "1.2.840.10008.1.2.4.80", { { 7058, 159736 } },
      512, 512, 1, 16, 16, true, false, false,
      "1bee432808f49770bbc30d904e3e744082b0ba41704d4943e7de5bcb3e3d72f9" }, /* DCMTK 3.6.7 */
    { "dicom/ct-all-syntaxes/CTImage.dcm_JPEGLSLossyTransferSyntax_1.2.840.10008.1.2.4.81.dcm",
      "1.2.840.10008.1.2.4.81", { { 7768, 119242 } },
      512, 512, 1, 16, 16, true, false, false,
      "9595c2a8a59647d6b8e4445486984c615b2ac99085eca0d18988bec429ebd6b8" }, /* DCMTK 3.6.7 */
    { "dicom/ct-all-syntaxes/CTImage.dcm_JPEGProcess10_12TransferSyntax_1.2.840.10008.1.2.4.55.dcm",
      "1.2.840.10008.1.2.4.55", { { 7490, 72738 } },
      512, 512, 1, 16, 12, false, false, false,
      "85e3b617e00dc755e55971bfe8770210f17d4909b17db5d71d2617e22254b3b9" }, /* DCMTK 3.6.7 */
    { "dicom/ct-all-syntaxes/CTImage.dcm_JPEGProcess14SV1TransferSyntax_1.2.840.10008.1.2.4.70.dcm",
      "1.2.840.10008.1.2.4.70", { { 7230, 191398 } },
      512, 512, 1, 16, 16, true, false, false,
      "1bee432808f49770bbc30d904e3e744082b0ba41704d4943e7de5bcb3e3d72f9" }, /* DCMTK 3.6.7 */
    { "dicom/ct-all-syntaxes/CTImage.dcm_JPEGProcess14TransferSyntax_1.2.840.10008.1.2.4.57.dcm",
      "1.2.840.10008.1.2.4.57", { { 7230, 199812 } },
      512, 512, 1, 16, 16, true, false, false,
      "1bee432808f49770bbc30d904e3e744082b0ba41704d4943e7de5bcb3e3d72f9" }, /* DCMTK 3.6.7 */
    { "dicom/ct-all-syntaxes/CTImage.dcm_JPEGProcess1TransferSyntax_1.2.840.10008.1.2.4.50.dcm",
      "1.2.840.10008.1.2.4.50", { { 7474, 17612 } },
      512, 512, 1, 8, 8, false, false, false,
      "e2518e89dba0787d12bae3a479476db8ed13035ddc8f7a086f342bd9b64dc79b" }, /* DCMTK 3.6.7 */
    { "dicom/ct-all-syntaxes/CTImage.dcm_JPEGProcess2_4TransferSyntax_1.2.840.10008.1.2.4.51.dcm",
      "1.2.840.10008.1.2.4.51", { { 7492, 76952 } },
      512, 512, 1, 16, 12, false, false, false,
      "85e3b617e00dc755e55971bfe8770210f17d4909b17db5d71d2617e22254b3b9" }, /* DCMTK 3.6.7 */
    { "dicom/ct-all-syntaxes/CTImage.dcm_JPEGProcess6_8TransferSyntax_1.2.840.10008.1.2.4.53.dcm",
      "1.2.840.10008.1.2.4.53", { { 7492, 75454 } },
      512, 512, 1, 16, 12, false, false, false,
      "85e3b617e00dc755e55971bfe8770210f17d4909b17db5d71d2617e22254b3b9" }, /* DCMTK 3.6.7 */
    { "dicom/ct-all-syntaxes/CTImage.dcm_RLELosslessTransferSyntax_1.2.840.10008.1.2.5.dcm",
      "1.2.840.10008.1.2.5", { { 7056, 237326 } },
      512, 512, 1, 16, 16, true, false, false,
      "1bee432808f49770bbc30d904e3e744082b0ba41704d4943e7de5bcb3e3d72f9" }, /* DCMTK 3.6.7 */
    { "dicom/ct-all-syntaxes/no-pixel-spacing.dcm",
      "1.2.840.10008.1.2.5", { { 5204, 53246 } },
      800, 600, 1, 8, 8, false, false, false,
      "7b1b0fc212ace6a783908df84a2207cc06857d4f67163511b9682b2e617a9bdb" }, /* DCMTK 3.6.7 */
    { "dicom/encapsulation/CT0012.not_fragmented_bot_jpeg_ls.80.dcm",
      "1.2.840.10008.1.2.4.80", { { 3944, 46408 } },
      512, 512, 1, 16, 16, false, false, false,
      "fd4b6d58bc02947dc294d64777ec7ce13a64987050285aa17308995e88dcc77a" }, /* DCMTK 3.6.7 */
    { "dicom/encapsulation/CT0012.not_fragmented_bot_rle.dcm",
      "1.2.840.10008.1.2.5", { { 3942, 105014 } },
      512, 512, 1, 16, 16, false, false, false,
      "fd4b6d58bc02947dc294d64777ec7ce13a64987050285aa17308995e88dcc77a" }, /* DCMTK 3.6.7 */
    { "dicom/encapsulation/CT0012.not_fragmented_no_bot_jpeg_ls.80.dcm",
      "1.2.840.10008.1.2.4.80", { { 3936, 46408 } },
      512, 512, 1, 16, 16, false, false, false,
      "fd4b6d58bc02947dc294d64777ec7ce13a64987050285aa17308995e88dcc77a" }, /* DCMTK 3.6.7 */
    { "dicom/encapsulation/CT0012.not_fragmented_no_bot_rle.dcm",
      "1.2.840.10008.1.2.5", { { 3934, 105014 } },
      512, 512, 1, 16, 16, false, false, false,
      "fd4b6d58bc02947dc294d64777ec7ce13a64987050285aa17308995e88dcc77a" }, /* DCMTK 3.6.7 */
    { "dicom/encapsulation/CT1_UNC.explicit_big_endian.dcm",
      "1.2.840.10008.1.2.2", { { 6222, 524288 } },
      512, 512, 1, 16, 16, true, false, true,
      "1add6ede29758c6f0c68f01749ddc6c907e68a312be4eb9da8489e376e0bbd34" }, /* GDCM 3.0.21 */
    { "dicom/encapsulation/CT1_UNC.fragmented_no_bot_jpeg_ls.80.dcm",
      "1.2.840.10008.1.2.4.80", { { 6240, 164378 } },
      512, 512, 1, 16, 16, true, false, false,
      "1add6ede29758c6f0c68f01749ddc6c907e68a312be4eb9da8489e376e0bbd34" }, /* DCMTK 3.6.7 */
    { "dicom/encapsulation/CT1_UNC.not_fragmented_bot_jpeg_ls.80.dcm",
      "1.2.840.10008.1.2.4.80", { { 6244, 164378 } },
      512, 512, 1, 16, 16, true, false, false,
      "1add6ede29758c6f0c68f01749ddc6c907e68a312be4eb9da8489e376e0bbd34" }, /* DCMTK 3.6.7 */
    { "dicom/fo-dicom/D_CLUNIE_CT1_RLE_FRAGS.dcm",
      "1.2.840.10008.1.2.5", { { 6432, 65536 }, { 71976, 65536 }, { 137520, 65536 }, { 203064, 51722 } },
      512, 512, 1, 16, 16, true, false, false,
      "1add6ede29758c6f0c68f01749ddc6c907e68a312be4eb9da8489e376e0bbd34" }, /* DCMTK 3.6.7 */
    { "dicom/fo-dicom/GH064.dcm",
      "1.2.840.10008.1.2.4.90", { { 11766, 46276 } },
      256, 256, 1, 16, 12, false, false, false,
      "98fedc68081422e4e0baadead3c852c963a0cb61a7a9fd6467422c08885003d9" }, /* GDCM 3.0.21 */
    { "dicom/fo-dicom/GH1261.dcm",
      "1.2.840.10008.1.2.4.70", { { 104096, 23030 } },
      162, 162, 1, 16, 12, false, false, false,
      "e69ffd49578704cece158676b75d4498d1be642ab93df05a6875acae94d1ae55" }, /* DCMTK 3.6.7 */
    { "dicom/fo-dicom/GH184.dcm",
      "1.2.840.10008.1.2.4.70", { { 6142, 14392 } },
      128, 128, 1, 16, 16, true, false, false,
      "e7855e7dc4921c57f115bd38c8e887218089cd728f078d8652044239a6a99eb0" }, /* DCMTK 3.6.7 */
    { "dicom/fo-dicom/GH195.dcm",
      "1.2.840.10008.1.2.4.51", { { 12096, 65648 } },
      795, 445, 3, 8, 8, false, false, false,
      "0fc3e5bcf6f2fdea9438be731828eb9230a6c71bb556754921a3d200143389ca" }, /* DCMTK 3.6.7 */
    { "dicom/fo-dicom/GH538-jpeg1.dcm",
      "1.2.840.10008.1.2.4.50", { { 944, 74038 } },
      636, 434, 3, 8, 8, false, true, false,
      "9d8fe4f21643d8a766819f992d08986b5c49dbdd3bf3badb530842b249d53ab2" }, /* DCMTK 3.6.7 */
    { "dicom/fo-dicom/GH538-jpeg14sv1.dcm",
      "1.2.840.10008.1.2.4.70", { { 894, 256484 } },
      636, 434, 3, 8, 8, false, false, false,
      "b353ff05a975e3b784785bdab5a8492581ae255702372c146a7c9296612dbdf7" }, /* DCMTK 3.6.7 */
    { "dicom/fo-dicom/GH610.dcm",
      "1.2.840.10008.1.2.4.70", { { 3358, 18052 } },
      128, 128, 1, 16, 16, true, false, false,
      "2d7f6b99cf9325e14301e483d7bf5124f4a1aff78dec2fad9670521d80e249fc" }, /* DCMTK 3.6.7 */
    { "dicom/fo-dicom/HasFragmentSequence.dcm",
      "1.2.840.10008.1.2.4.50", { { 11126, 17912 } },
      512, 512, 1, 8, 8, false, false, false,
      "42afda1e1a97eb5c749c1d2fae90f0b109609a606dbd272b63084e884a5f7fc4" }, /* DCMTK 3.6.7 */
    { "dicom/fo-dicom/JPEGwithIcon.dcm",
      "1.2.840.10008.1.2.4.50", { { 6416, 56136 } },
      600, 600, 3, 8, 8, false, true, false,
      "4584b7553aceb595693224c9fa8d6e9b679ae44f1780064d13a0e2c974395e3d" }, /* DCMTK 3.6.7 */
    { "dicom/fo-dicom/OutOfBoundsOverlay.dcm",
      "1.2.840.10008.1.2.4.70", { { 6426, 1014540 } },
      1318, 788, 1, 16, 12, false, false, false,
      "32ceae3b3310f6e81f995d25998470801322a4d700af9b8aa75468e92adc950b" }, /* DCMTK 3.6.7 */
    { "dicom/fo-dicom/multiframe.dcm",
      "1.2.840.10008.1.2.4.50", { { 1524, 1112 } },
      240, 240, 3, 8, 8, false, true, false,
      "cd46c4799779ace4de7d3a88f1021701a98cf69c0a559a61440a3e4bbd0b1b75" }, /* DCMTK 3.6.7 */
    { "dicom/highdicom/sm_image_jpegls.dcm",
      "1.2.840.10008.1.2.4.80", { { 9552, 70 } },
      10, 10, 3, 8, 8, false, false, false,
      "fca966161a41548b22e75feeff281c3afc97fcc3138ca20e5df9b846375cc617" }, /* DCMTK 3.6.7 */
    { "dicom/highdicom/sm_image_jpegls_nobot.dcm",
      "1.2.840.10008.1.2.4.80", { { 9452, 70 } },
      10, 10, 3, 8, 8, false, false, false,
      "fca966161a41548b22e75feeff281c3afc97fcc3138ca20e5df9b846375cc617" }, /* DCMTK 3.6.7 */
    { "dicom/misc/1.2.276.0.7230010.3.1.4.8323329.6904.1517875201.850819.dcm",
      "1.2.840.10008.1.2.4.50", { { 1014, 126268 } },
      1024, 1024, 1, 8, 8, false, false, false,
      "938432fbb18d79f48568dc5b1fb06ffd2ace4a4ded4bfc490c35981e58f053fb" }, /* DCMTK 3.6.7 */
    { "dicom/pydicom-data/693_J2KR.dcm",
      "1.2.840.10008.1.2.4.90", { { 1690, 105362 } },
      512, 512, 1, 16, 16, true, false, false,
      "6b3b6bb553a0b5692ee63737f4cb8d6bcfa960e7ae37e5d1bd9521b671b501b0" }, /* GDCM 3.0.21 */
    { "dicom/pydicom-data/JLSL_08_07_0_1F.dcm",
      "1.2.840.10008.1.2.4.80", { { 628, 5298 } },
      128, 128, 1, 8, 7, false, false, false,
      "210dc401f95db43be537b01d15cd4ad5d3d3016ec415a98ac93dd5bd8e5c8393" }, /* GDCM 3.0.21 */
    { "dicom/pydicom-data/JLSL_16_15_1_1F.dcm",
      "1.2.840.10008.1.2.4.80", { { 636, 21814 } },
      128, 128, 1, 16, 15, true, false, false,
      "4727d64f164a4a8d0436f6096929583291cd0ae3d8f7efc8ea96d6d51f4d41e8" }, /* DCMTK 3.6.7 */
    { "dicom/pydicom-data/JLSL_RGB_ILV0.dcm",
      "1.2.840.10008.1.2.4.80", { { 260, 102248 } },
      256, 256, 3, 8, 8, false, false, false,
      "ed1fce22a62e4194dd75dd98e7c04aa6978a2858108714876a615c5d5d3c7dff" }, /* DCMTK 3.6.7 */
    { "dicom/pydicom-data/JLSL_RGB_ILV1.dcm",
      "1.2.840.10008.1.2.4.80", { { 260, 100616 } },
      256, 256, 3, 8, 8, false, false, false,
      "ed1fce22a62e4194dd75dd98e7c04aa6978a2858108714876a615c5d5d3c7dff" }, /* DCMTK 3.6.7 */
    { "dicom/pydicom-data/JLSL_RGB_ILV2.dcm",
      "1.2.840.10008.1.2.4.80", { { 260, 99734 } },
      256, 256, 3, 8, 8, false, false, false,
      "ed1fce22a62e4194dd75dd98e7c04aa6978a2858108714876a615c5d5d3c7dff" }, /* DCMTK 3.6.7 */
    { "dicom/pydicom-data/JLSN_RGB_ILV0.dcm",
      "1.2.840.10008.1.2.4.81", { { 266, 63646 } },
      256, 256, 3, 8, 8, false, false, false,
      "646fdbe8c1803837e525e3532235b754281a119da35c05cb592f49aca41e7a27" }, /* DCMTK 3.6.7 */
    { "dicom/pydicom-data/JPEG-LL.dcm",
      "1.2.840.10008.1.2.4.70", { { 2918, 65536 }, { 68462, 50516 } },
      256, 1024, 1, 16, 16, true, false, false,
      "a6e9d32143339d3f5748b5520aa4e6c6ffb3550b6f71fdf17bdb2ebb44bc2611" }, /* DCMTK 3.6.7 */
    { "dicom/pydicom-data/JPGLosslessP14SV1_1s_1f_8b.dcm",
      "1.2.840.10008.1.2.4.70", { { 2438, 212604 } },
      1024, 768, 1, 8, 8, false, false, false,
      "36e27e4f1e87a7d50407463323ddc3736736ecff35eb4e4a4c1b74646938835d" }, /* DCMTK 3.6.7 */
    { "dicom/pydicom-data/OBXXXX1A_rle.dcm",
      "1.2.840.10008.1.2.5", { { 6064, 42832 } },
      800, 600, 1, 8, 8, false, false, false,
      "48abdc16b5064b61cf5960f7056756fc97f4547186e88b3bbcc1ebc2a66e6ca7" }, /* DCMTK 3.6.7 */
    { "dicom/pydicom-data/OBXXXX1A_rle_2frame.dcm",
      "1.2.840.10008.1.2.5", { { 6074, 42832 } },
      800, 600, 1, 8, 8, false, false, false,
      "48abdc16b5064b61cf5960f7056756fc97f4547186e88b3bbcc1ebc2a66e6ca7" }, /* DCMTK 3.6.7 */
    { "dicom/pydicom-data/RG3_J2KI.dcm",
      "1.2.840.10008.1.2.4.91", { { 1670, 65536 }, { 67214, 65536 }, { 132758, 65536 }, { 198302, 8842 } },
      1760, 1760, 1, 16, 10, false, false, false,
      "25559cb05640e9e9860e91adf4d49dd3469694d0ff56bbf76c8853c3e05f4cc5" }, /* GDCM 3.0.21 */
    { "dicom/pydicom-data/US1_J2KI.dcm",
      "1.2.840.10008.1.2.4.91", { { 1542, 57590 } },
      640, 480, 3, 8, 8, false, true, false,
      "2138e755d364de8970f327301a0079f199e3cbbc0d4a61991a193819d4e19e80" }, /* GDCM 3.0.21 */
    { "dicom/pydicom-data/bad_sequence.dcm",
      "1.2.840.10008.1.2.4.70", { { 1998, 182260 } },
      512, 512, 1, 16, 12, false, false, false,
      "ef7120ddfc77c166ecdc5ffb99715deff8be9f3e7c0409021c0e06b962d2a61a" }, /* DCMTK 3.6.7 */
    { "dicom/pydicom-data/emri_small_RLE.dcm",
      "1.2.840.10008.1.2.5", { { 2392, 4958 } },
      64, 64, 1, 16, 12, false, false, false,
      "c789183acdfdfb1cb565fc6615e0c4b71914f42bf96ede4c0041e2009ea79843" }, /* DCMTK 3.6.7 */
    { "dicom/pydicom-data/emri_small_big_endian.dcm",
      "1.2.840.10008.1.2.2", { { 2336, 8192 } },
      64, 64, 1, 16, 12, false, false, true,
      "c789183acdfdfb1cb565fc6615e0c4b71914f42bf96ede4c0041e2009ea79843" }, /* GDCM 3.0.21 */
    { "dicom/pydicom-data/emri_small_jpeg_2k_lossless.dcm",
      "1.2.840.10008.1.2.4.90", { { 2368, 3814 } },
      64, 64, 1, 16, 12, false, false, false,
      "c789183acdfdfb1cb565fc6615e0c4b71914f42bf96ede4c0041e2009ea79843" }, /* GDCM 3.0.21 */
    { "dicom/pydicom-data/emri_small_jpeg_ls_lossless.dcm",
      "1.2.840.10008.1.2.4.80", { { 2368, 4076 } },
      64, 64, 1, 16, 12, false, false, false,
      "c789183acdfdfb1cb565fc6615e0c4b71914f42bf96ede4c0041e2009ea79843" }, /* DCMTK 3.6.7 */
    { "dicom/pydicom-data/explicit_VR-UN.dcm",
      "1.2.840.10008.1.2.4.90", { { 1434, 184960 } },
      512, 512, 1, 16, 16, true, false, false,
      "a729f6fe1e75762988fd4a8749a18b580bbb16fb5365abf5a21dfecb0244b517" }, /* GDCM 3.0.21 */
    { "dicom/pydicom-data/liver_j2k.dcm",
      "1.2.840.10008.1.2.4.90", { { 4422, 1054 } },
      512, 512, 1, 1, 1, false, false, false,
      "e036a07b502fdfd1f0ed932406e2474409be9fe49397c4906f2b8738f84f2230" }, /* GDCM 3.0.21 */
    { "dicom/pydicom-data/liver_nonbyte_aligned_j2k.dcm",
      "1.2.840.10008.1.2.4.90", { { 4422, 1054 } },
      510, 510, 1, 1, 1, false, false, false,
      "58317fad9a9ddeea0da4d3aef16c7812ba0506f87389d58d30e09694d285603e" }, /* GDCM 3.0.21 */
    { "dicom/pydicom/693_J2KI.dcm",
      "1.2.840.10008.1.2.4.91", { { 2034, 1548 } },
      512, 512, 1, 16, 14, true, false, false,
      "f249f833d5e3cbc361b4ced94aeeb8db7fc7376087b9f395a2ccf2f6f3059268" }, /* GDCM 3.0.21 */
    { "dicom/pydicom/GDCMJ2K_TextGBR.dcm",
      "1.2.840.10008.1.2.4.90", { { 786, 29912 } },
      400, 400, 3, 8, 8, false, true, false,
      "bea5673fdd49313fd8c391f115e57ac501f44194aa3915c22293ddb55f1d0b88" }, /* GDCM 3.0.21 */
    { "dicom/pydicom/J2K_pixelrep_mismatch.dcm",
      "1.2.840.10008.1.2.4.90", { { 6008, 132502 } },
      512, 512, 1, 16, 13, true, false, false,
      "9408934a5b0684e44f6ddac761ce2d1fdff51f998489f71f51e0ea5fcb1a8366" }, /* GDCM 3.0.21 */
    { "dicom/pydicom/JPEG-lossy.dcm",
      "1.2.840.10008.1.2.4.51", { { 3006, 6830 } },
      256, 1024, 1, 16, 12, false, false, false,
      "d30242775a414c01d616447854ebe3f2b20259822894bcd6891f879bcdcbf313" }, /* DCMTK 3.6.7 */
    { "dicom/pydicom/JPEG2000.dcm",
      "1.2.840.10008.1.2.4.91", { { 3050, 250 } },
      256, 1024, 1, 16, 16, true, false, false,
      "0b1224a6dcd0dcebb1ae6966270b620a8aecc3e20d7fe5b01504e574e1814ac6" }, /* GDCM 3.0.21 */
    { "dicom/pydicom/JPEGLSNearLossless_08.dcm",
      "1.2.840.10008.1.2.4.81", { { 580, 56 } },
      10, 45, 1, 8, 8, false, false, false,
      "9eb46aa86c342094f826affc35703f71b425ba4ef229fe1711adcf1bb3ca458f" }, /* DCMTK 3.6.7 */
    { "dicom/pydicom/JPEGLSNearLossless_16.dcm",
      "1.2.840.10008.1.2.4.81", { { 580, 150 } },
      10, 50, 1, 16, 16, false, false, false,
      "f929318278115ce952d85c011f752634e266720680e807bd03bf97ded3f0d3e4" }, /* DCMTK 3.6.7 */
    { "dicom/pydicom/JPGExtended.dcm",
      "1.2.840.10008.1.2.4.51", { { 3006, 6830 } },
      256, 1024, 1, 16, 12, false, false, false,
      "d30242775a414c01d616447854ebe3f2b20259822894bcd6891f879bcdcbf313" }, /* DCMTK 3.6.7 */
    { "dicom/pydicom/MR_small_RLE.dcm",
      "1.2.840.10008.1.2.5", { { 1536, 6108 } },
      64, 64, 1, 16, 16, true, false, false,
      "88617aaa46138fb1b6e2a951e762d962382354d69f47f8c04d4abff2f6a6a63e" }, /* DCMTK 3.6.7 */
    { "dicom/pydicom/MR_small_bigendian.dcm",
      "1.2.840.10008.1.2.2", { { 1516, 8192 } },
      64, 64, 1, 16, 16, true, false, true,
      "88617aaa46138fb1b6e2a951e762d962382354d69f47f8c04d4abff2f6a6a63e" }, /* GDCM 3.0.21 */
    { "dicom/pydicom/MR_small_expb.dcm",
      "1.2.840.10008.1.2.2", { { 1516, 8192 } },
      64, 64, 1, 16, 16, true, false, true,
      "88617aaa46138fb1b6e2a951e762d962382354d69f47f8c04d4abff2f6a6a63e" }, /* GDCM 3.0.21 */
    { "dicom/pydicom/MR_small_jp2klossless.dcm",
      "1.2.840.10008.1.2.4.90", { { 1548, 4314 } },
      64, 64, 1, 16, 16, true, false, false,
      "88617aaa46138fb1b6e2a951e762d962382354d69f47f8c04d4abff2f6a6a63e" }, /* GDCM 3.0.21 */
    { "dicom/pydicom/MR_small_jpeg_ls_lossless.dcm",
      "1.2.840.10008.1.2.4.80", { { 1548, 4430 } },
      64, 64, 1, 16, 16, true, false, false,
      "88617aaa46138fb1b6e2a951e762d962382354d69f47f8c04d4abff2f6a6a63e" }, /* DCMTK 3.6.7 */
    { "dicom/pydicom/SC_jpeg_no_color_transform.dcm",
      "1.2.840.10008.1.2.4.50", { { 824, 3484 } },
      256, 256, 3, 8, 8, false, false, false,
      "be7aa556b206ac445bc4125d24213bfac8832980138d54ece2b90be6e3d63d74" }, /* DCMTK 3.6.7 */
    { "dicom/pydicom/SC_jpeg_no_color_transform_2.dcm",
      "1.2.840.10008.1.2.4.50", { { 900, 3402 } },
      256, 256, 3, 8, 8, false, false, false,
      "334275c10bc60e8050888482dd5bdd6f094bb11c37d8d88a8fd4d62ed0b39c8d" }, /* DCMTK 3.6.7 */
    { "dicom/pydicom/SC_rgb_dcmtk_+eb+cr.dcm",
      "1.2.840.10008.1.2.4.50", { { 1684, 1934 } },
      100, 100, 3, 8, 8, false, false, false,
      "e414aaca686695163b4fcca90cc4b0bf6aff59d70c036a39a446ebcbb53e3360" }, /* DCMTK 3.6.7 */
    { "dicom/pydicom/SC_rgb_dcmtk_+eb+cy+n1.dcm",
      "1.2.840.10008.1.2.4.50", { { 1688, 1440 } },
      100, 100, 3, 8, 8, false, true, false,
      "e0b1a561989d6f7148b4e4b0990c34751271852383a7135c8a620940f1744e06" }, /* DCMTK 3.6.7 */
    { "dicom/pydicom/SC_rgb_dcmtk_+eb+cy+n2.dcm",
      "1.2.840.10008.1.2.4.50", { { 1688, 1394 } },
      100, 100, 3, 8, 8, false, true, false,
      "ddb100d8f45a7fbf420e8ce5d1b376a5479f068c5109daac31eb982f662d228f" }, /* DCMTK 3.6.7 */
    { "dicom/pydicom/SC_rgb_dcmtk_+eb+cy+np.dcm",
      "1.2.840.10008.1.2.4.50", { { 1692, 1440 } },
      100, 100, 3, 8, 8, false, true, false,
      "e0b1a561989d6f7148b4e4b0990c34751271852383a7135c8a620940f1744e06" }, /* DCMTK 3.6.7 */
    { "dicom/pydicom/SC_rgb_dcmtk_+eb+cy+s2.dcm",
      "1.2.840.10008.1.2.4.50", { { 1692, 1394 } },
      100, 100, 3, 8, 8, false, true, false,
      "ddb100d8f45a7fbf420e8ce5d1b376a5479f068c5109daac31eb982f662d228f" }, /* DCMTK 3.6.7 */
    { "dicom/pydicom/SC_rgb_dcmtk_+eb+cy+s4.dcm",
      "1.2.840.10008.1.2.4.50", { { 1688, 1724 } },
      100, 100, 3, 8, 8, false, true, false,
      "ddb100d8f45a7fbf420e8ce5d1b376a5479f068c5109daac31eb982f662d228f" }, /* DCMTK 3.6.7 */
    { "dicom/pydicom/SC_rgb_gdcm_KY.dcm",
      "1.2.840.10008.1.2.4.91", { { 1720, 1270 } },
      100, 100, 3, 8, 8, false, false, false,
      "169e619557b12114a7f0be8602026e9abb3d5045804311736ec14cecb026aca9" }, /* GDCM 3.0.21 */
    { "dicom/pydicom/SC_rgb_jls_lossy_line.dcm",
      "1.2.840.10008.1.2.4.81", { { 582, 510 } },
      100, 100, 3, 8, 8, false, false, false,
      "bd5344c0a46bc6c0869921680aa72c1ee344be34079d9b9c5b421336f24d798f" }, /* DCMTK 3.6.7 */
    { "dicom/pydicom/SC_rgb_jls_lossy_sample.dcm",
      "1.2.840.10008.1.2.4.81", { { 582, 532 } },
      100, 100, 3, 8, 8, false, false, false,
      "bd5344c0a46bc6c0869921680aa72c1ee344be34079d9b9c5b421336f24d798f" }, /* DCMTK 3.6.7 */
    { "dicom/pydicom/SC_rgb_jpeg.dcm",
      "1.2.840.10008.1.2.4.50", { { 958, 3498 } },
      256, 256, 3, 8, 8, false, false, false,
      "be7aa556b206ac445bc4125d24213bfac8832980138d54ece2b90be6e3d63d74" }, /* GDCM 3.0.21 */
    { "dicom/pydicom/SC_rgb_jpeg_dcmtk.dcm",
      "1.2.840.10008.1.2.4.50", { { 1692, 1724 } },
      100, 100, 3, 8, 8, false, true, false,
      "ddb100d8f45a7fbf420e8ce5d1b376a5479f068c5109daac31eb982f662d228f" }, /* DCMTK 3.6.7 */
    { "dicom/pydicom/SC_rgb_jpeg_gdcm.dcm",
      "1.2.840.10008.1.2.4.70", { { 1336, 3860 } },
      100, 100, 3, 8, 8, false, false, false,
      "169e619557b12114a7f0be8602026e9abb3d5045804311736ec14cecb026aca9" }, /* DCMTK 3.6.7 */
    { "dicom/pydicom/SC_rgb_jpeg_lossy_gdcm.dcm",
      "1.2.840.10008.1.2.4.50", { { 1660, 3314 } },
      100, 100, 3, 8, 8, false, true, false,
      "e42f7896adb9411aa7b29aa29acf7499c654c6ab484348287539f953271356f4" }, /* DCMTK 3.6.7 */
    { "dicom/pydicom/SC_rgb_rle.dcm",
      "1.2.840.10008.1.2.5", { { 1334, 664 } },
      100, 100, 3, 8, 8, false, false, false,
      "169e619557b12114a7f0be8602026e9abb3d5045804311736ec14cecb026aca9" }, /* DCMTK 3.6.7 */
    { "dicom/pydicom/SC_rgb_rle_16bit.dcm",
      "1.2.840.10008.1.2.5", { { 1334, 1264 } },
      100, 100, 3, 16, 16, false, false, false,
      "36de0258708d3af79cf989c0ab2cbbf861afe927799cdfd0fef36fca3b3aa058" }, /* DCMTK 3.6.7 */
    { "dicom/pydicom/SC_rgb_rle_16bit_2frame.dcm",
      "1.2.840.10008.1.2.5", { { 1352, 1264 } },
      100, 100, 3, 16, 16, false, false, false,
      "36de0258708d3af79cf989c0ab2cbbf861afe927799cdfd0fef36fca3b3aa058" }, /* DCMTK 3.6.7 */
    { "dicom/pydicom/SC_rgb_rle_2frame.dcm",
      "1.2.840.10008.1.2.5", { { 1352, 664 } },
      100, 100, 3, 8, 8, false, false, false,
      "169e619557b12114a7f0be8602026e9abb3d5045804311736ec14cecb026aca9" }, /* DCMTK 3.6.7 */
    { "dicom/pydicom/SC_rgb_rle_32bit.dcm",
      "1.2.840.10008.1.2.5", { { 1288, 2464 } },
      100, 100, 3, 32, 32, false, false, false,
      "1a243c9351e3a9aeadbe667627e8bae4d38950bf570c2fadab4fef93f766aafa" }, /* DCMTK 3.6.7 */
    { "dicom/pydicom/SC_rgb_rle_32bit_2frame.dcm",
      "1.2.840.10008.1.2.5", { { 1302, 2464 } },
      100, 100, 3, 32, 32, false, false, false,
      "1a243c9351e3a9aeadbe667627e8bae4d38950bf570c2fadab4fef93f766aafa" }, /* DCMTK 3.6.7 */
    { "dicom/pydicom/SC_rgb_small_odd_jpeg.dcm",
      "1.2.840.10008.1.2.4.50", { { 1718, 318 } },
      3, 3, 3, 8, 8, false, true, false,
      "f750a80478763f97d94bbd9caeaee3dd1e16794fe9a95da34a991bfb7c42d4f5" }, /* DCMTK 3.6.7 */
    { "dicom/pydicom/examples_jpeg2k.dcm",
      "1.2.840.10008.1.2.4.90", { { 1442, 65536 }, { 66986, 65536 }, { 132530, 21222 } },
      640, 480, 3, 8, 8, false, true, false,
      "e16892020c73095e42ff4cf7368de5206f11012e25feaed53cc2bc614602bb9a" }, /* GDCM 3.0.21 */
    { "dicom/pydicom/examples_ybr_color.dcm",
      "1.2.840.10008.1.2.4.50", { { 35188, 6122 } },
      320, 240, 3, 8, 8, false, true, false,
      "52353e7c7c11b14a3b82a7b9258df5f844f5ac01c504fb2198d98e755043202d" }, /* DCMTK 3.6.7 */
    { "dicom/pydicom/rtdose_rle.dcm",
      "1.2.840.10008.1.2.5", { { 1792, 332 } },
      10, 10, 1, 32, 32, false, false, false,
      "67f96b3373d7acf18a7ea33d8c9a0e0a9d63bd62acce734b7531341bb332daec" }, /* DCMTK 3.6.7 */
    { "dicom/pydicom/rtdose_rle_1frame.dcm",
      "1.2.840.10008.1.2.5", { { 1782, 332 } },
      10, 10, 1, 32, 32, false, false, false,
      "67f96b3373d7acf18a7ea33d8c9a0e0a9d63bd62acce734b7531341bb332daec" }, /* DCMTK 3.6.7 */
    { "dicom/pylibjpeg/CT1_JLSN.dcm",
      "1.2.840.10008.1.2.4.81", { { 6594, 65536 }, { 72138, 19536 } },
      512, 512, 1, 16, 16, true, false, false,
      "259364e338e50866adf21e7a9fa912c32180fe88c711270c6a82783da495f648" }, /* DCMTK 3.6.7 */
    { "dicom/pylibjpeg/ELSCINT1_JP2vsJ2K.dcm",
      "1.2.840.10008.1.2.4.91", { { 1836, 52426 } },
      512, 512, 1, 16, 12, false, false, false,
      "d76122b17b348685134c984f044f14414c886675f24fb72db31027cd764e21ef" }, /* GDCM 3.0.21 */
    { "dicom/pylibjpeg/JPEGBaseline_1s_1f_u_08_08.dcm",
      "1.2.840.10008.1.2.4.50", { { 1696, 1458 } },
      100, 100, 1, 8, 8, false, false, false,
      "218d75498cd29cbfb38b3c7d3802d3a3140606fc840c4248bec8250481af495f" }, /* DCMTK 3.6.7 */
    { "dicom/pylibjpeg/JPEGExtended_3s_1f_u_08_08.dcm",
      "1.2.840.10008.1.2.4.51", { { 2398, 80170 } },
      768, 576, 3, 8, 8, false, true, false,
      "6590123500333e83864659e48f87312de476300663828b479a4fe6e0b7dda43b" }, /* DCMTK 3.6.7 */
    { "dicom/pylibjpeg/JPEGLosslessP14SV1_1s_1f_u_16_16.dcm",
      "1.2.840.10008.1.2.4.70", { { 1964, 678794 } },
      800, 535, 1, 16, 16, false, false, false,
      "958eea569c0ca6f7cbea15dbd51697495245dbeed085bf5e53e30a1a22479936" }, /* DCMTK 3.6.7 */
    { "dicom/pylibjpeg/JPEGLossless_1s_1f_i_16_16_bad.dcm",
      "1.2.840.10008.1.2.4.57", { { 1804, 198258 } },
      512, 512, 1, 16, 16, true, false, false,
      "c45111778adeb670060f83629a7dd581d03c3d020965cc8ab40514e8d672a143" }, /* DCMTK 3.6.7 */
    { "dicom/pylibjpeg/JPEGLossless_1s_1f_u_16_12.dcm",
      "1.2.840.10008.1.2.4.57", { { 1596, 718924 } },
      1024, 1024, 1, 16, 12, false, false, false,
      "7d1a676f3c012d0ca9d4fb9069c5dcca2b0bac014173dba48f0e32b9b49198b3" }, /* DCMTK 3.6.7 */
    { "dicom/pylibjpeg/MAROTECH_CT_JP2Lossy.dcm",
      "1.2.840.10008.1.2.4.91", { { 33876, 73374 } },
      512, 716, 1, 16, 12, false, false, false,
      "5073c3e06f25a3c246135b467d8dbb6aa83d1cd4826e928d2f17d23ec562e69c" }, /* GDCM 3.0.21 */
    { "dicom/pylibjpeg/RG2_JPLY_fixed.dcm",
      "1.2.840.10008.1.2.4.51", { { 1560, 65536 }, { 67104, 65536 }, { 132648, 65536 }, { 198192, 13368 } },
      1760, 2140, 1, 16, 10, false, false, false,
      "a0dca087f2176a3c8e90714e16de749cda6b7b74a40ec73b8ff7db91297bffb5" }, /* DCMTK 3.6.7 */
    { "dicom/pylibjpeg/SC_rgb_jpeg_lossy_gdcm.dcm",
      "1.2.840.10008.1.2.4.50", { { 1720, 3314 } },
      100, 100, 3, 8, 8, false, false, false,
      "c66ae25dc7252c455487b4719be2f99cc742013f4316c79c54801c4dd3499940" }, /* DCMTK 3.6.7 */
    { "dicom/pylibjpeg/TOSHIBA_J2K_OpenJPEGv2Regression.dcm",
      "1.2.840.10008.1.2.4.90", { { 2382, 319508 } },
      512, 512, 1, 16, 16, true, false, false,
      "5cfe7618c3a0510f2cc73e73fef45329bae1d7128ba24c7a8a242dc674823e5c" }, /* GDCM 3.0.21 */
    { "dicom/pylibjpeg/TOSHIBA_J2K_SIZ0_PixRep1.dcm",
      "1.2.840.10008.1.2.4.90", { { 2366, 274054 } },
      512, 512, 1, 16, 16, true, false, false,
      "587b5852a5d3873b2d0f187000357aa696ec07afd6a75ccdccf4c3d4d108f359" }, /* GDCM 3.0.21 */
    { "dicom/pylibjpeg/TOSHIBA_J2K_SIZ1_PixRep0.dcm",
      "1.2.840.10008.1.2.4.90", { { 2378, 154798 } },
      512, 512, 1, 16, 16, false, false, false,
      "587b5852a5d3873b2d0f187000357aa696ec07afd6a75ccdccf4c3d4d108f359" }, /* GDCM 3.0.21 */
    { "codecs/ljpeg/1px.ljp",
      "1.2.840.10008.1.2.4.57", { { 0, 50 } },
      1, 1, 1, 16, 16, false, false, false,
      "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7" }, /* DCMTK 3.6.7 */
    { "codecs/ljpeg/2dht.ljp",
      "1.2.840.10008.1.2.4.57", { { 0, 81262 } },
      384, 288, 3, 8, 8, false, false, false,
      "02cacae337852b542a343f91ff38cf0a069c304730759ff9cce4afaecc24f902" }, /* DCMTK 3.6.7 */
    { "codecs/ljpeg/3dht.ljp",
      "1.2.840.10008.1.2.4.57", { { 0, 107760 } },
      320, 240, 3, 8, 8, false, false, false,
      "9f06b43c8506e05f1acdd12e2de4266c3ee487c415a0db9f21944545362e01b0" }, /* DCMTK 3.6.7 */
    { "codecs/ljpeg/dng1.ljp",
      "1.2.840.10008.1.2.4.57", { { 0, 132927 } },
      256, 256, 1, 16, 16, false, false, false,
      "d043f77ba2a02d892f5779c1665f4f808da5f43ec5ef9839a55f7c90aeef9be9" }, /* DCMTK 3.6.7 */
    { "codecs/ljpeg/dng2.ljp",
      "1.2.840.10008.1.2.4.57", { { 0, 133078 } },
      256, 256, 1, 16, 16, false, false, false,
      "d043f77ba2a02d892f5779c1665f4f808da5f43ec5ef9839a55f7c90aeef9be9" }, /* DCMTK 3.6.7 */
    { "codecs/ljpeg/dng3.ljp",
      "1.2.840.10008.1.2.4.57", { { 0, 125079 } },
      256, 256, 1, 16, 16, false, false, false,
      "d043f77ba2a02d892f5779c1665f4f808da5f43ec5ef9839a55f7c90aeef9be9" }, /* DCMTK 3.6.7 */
    { "codecs/ljpeg/dng4.ljp",
      "1.2.840.10008.1.2.4.57", { { 0, 132218 } },
      256, 256, 1, 16, 16, false, false, false,
      "d043f77ba2a02d892f5779c1665f4f808da5f43ec5ef9839a55f7c90aeef9be9" }, /* DCMTK 3.6.7 */
    { "codecs/ljpeg/dng5.ljp",
      "1.2.840.10008.1.2.4.57", { { 0, 131496 } },
      256, 256, 1, 16, 16, false, false, false,
      "d043f77ba2a02d892f5779c1665f4f808da5f43ec5ef9839a55f7c90aeef9be9" }, /* DCMTK 3.6.7 */
    { "codecs/ljpeg/dng6.ljp",
      "1.2.840.10008.1.2.4.57", { { 0, 131473 } },
      256, 256, 1, 16, 16, false, false, false,
      "d043f77ba2a02d892f5779c1665f4f808da5f43ec5ef9839a55f7c90aeef9be9" }, /* DCMTK 3.6.7 */
    { "codecs/ljpeg/dng7.ljp",
      "1.2.840.10008.1.2.4.57", { { 0, 131843 } },
      256, 256, 1, 16, 16, false, false, false,
      "d043f77ba2a02d892f5779c1665f4f808da5f43ec5ef9839a55f7c90aeef9be9" }, /* DCMTK 3.6.7 */
    { "codecs/ljpeg/gray8.ljp",
      "1.2.840.10008.1.2.4.57", { { 0, 199460 } },
      800, 535, 1, 8, 8, false, false, false,
      "3d14cb26df194a553fac72c9eeaa0f190d4485511f440750825a03a86a242358" }, /* DCMTK 3.6.7 */
};
