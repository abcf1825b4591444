// OpenCV's smoothing and edges on inputs that cv_filters lacks, with the pixel types and results that Tomo's rows have.
#include <opencv2/opencv.hpp>
#include "bench.hpp"
using namespace bench;

int main(int argc, char** argv) {
  Suite s("filter", "OpenCV", CV_VERSION, argc, argv);
  auto ctv = read_all<int16_t>(s.data + "/ct.raw");
  cv::Mat s16(512, 512, CV_16S, ctv.data() + 100 * 512 * 512), f32, u8, out, gx, gy;
  s16.convertTo(f32, CV_32F);
  s16.convertTo(u8, CV_8U, 255.0 / 400, 160 * 255.0 / 400);
  auto xv = read_all<uint16_t>(s.data + "/xray.raw");
  cv::Mat xray(2048, 2048, CV_16U, xv.data()), x8;
  xray.convertTo(x8, CV_8U, 1 / 257.0);
  const std::string I2 = "ct slice 512x512", XR = "xray 2048x2048";
  const int edge = cv::BORDER_REPLICATE;

  for (int n : s.threads) {
    cv::setNumThreads(n);
    auto op = [&](const std::string& name, const std::string& input, auto body) { s.run(name, input, n, body); };
    op("gauss2d_s2_u8", I2 + " u8", [&] { cv::GaussianBlur(u8, out, {17, 17}, 2, 2, edge); });
    op("gauss2d_s2_u8", XR + " u8", [&] { cv::GaussianBlur(x8, out, {17, 17}, 2, 2, edge); });
    auto box = [&](const std::string& input, const cv::Mat& in, int r) {
      op("box2d_r" + std::to_string(r), input,
         [&, r] { cv::blur(in, out, {2 * r + 1, 2 * r + 1}, {-1, -1}, edge); });
    };
    box(I2, f32, 2), box(I2 + " u8", u8, 2), box(I2 + " int16", s16, 2), box(XR + " u16", xray, 2), box(XR + " u8", x8, 2);
    box(XR + " u8", x8, 10), box(XR + " u16", xray, 10);
    auto sobel = [&](const std::string& input, const cv::Mat& in) {
      op("sobel2d", input, [&] {
        cv::Sobel(in, gx, CV_32F, 1, 0, 3, 1, 0, edge);
        cv::Sobel(in, gy, CV_32F, 0, 1, 3, 1, 0, edge);
        cv::magnitude(gx, gy, out);
      });
    };
    sobel(I2 + " u8", u8), sobel(XR + " u16", xray), sobel(XR + " u8", x8);
    auto scharr = [&](const std::string& input, const cv::Mat& in) {
      op("scharr2d", input, [&] {
        cv::Scharr(in, gx, CV_32F, 1, 0, 1, 0, edge);
        cv::Scharr(in, gy, CV_32F, 0, 1, 1, 0, edge);
        cv::magnitude(gx, gy, out);
      });
    };
    scharr(I2, f32), scharr(XR + " u8", x8);
    op("scharr2d_x", I2 + " u8", [&] { cv::Scharr(u8, out, CV_32F, 1, 0, 1, 0, edge); });
    op("scharr2d_x", XR + " u8", [&] { cv::Scharr(x8, out, CV_32F, 1, 0, 1, 0, edge); });
    auto laplacian = [&](const std::string& input, const cv::Mat& in) {
      op("laplacian2d", input, [&] { cv::Laplacian(in, out, CV_32F, 1, 1, 0, edge); });
    };
    laplacian(I2, f32), laplacian(I2 + " u8", u8), laplacian(XR + " u16", xray), laplacian(XR + " u8", x8);
    op("canny2d_xray", XR + " u8", [&] {
      cv::GaussianBlur(x8, gx, {13, 13}, 1.41, 1.41, edge);
      cv::Canny(gx, out, 20, 60, 3, true);
    });
    op("bilateral2d_xray", XR + " u8", [&] { cv::bilateralFilter(x8, out, 9, 32, 2, edge); });
    op("unsharp2d_s2", I2, [&] {
      cv::GaussianBlur(f32, gx, {17, 17}, 2, 2, edge);
      cv::addWeighted(f32, 2, gx, -1, 0, out);
    });
    op("log2d_s2", I2, [&] {
      cv::GaussianBlur(f32, gx, {17, 17}, 2, 2, edge);
      cv::Laplacian(gx, out, CV_32F, 1, 1, 0, edge);
    });
  }
}
