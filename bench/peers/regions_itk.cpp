// ITK's region growing and watersheds of a slice, which itk_segment has in 3D only.
#include <itkConfidenceConnectedImageFilter.h>
#include <itkConnectedThresholdImageFilter.h>
#include <itkGradientMagnitudeRecursiveGaussianImageFilter.h>
#include <itkMorphologicalWatershedFromMarkersImageFilter.h>
#include <itkMorphologicalWatershedImageFilter.h>
#include "itk_common.hpp"
using namespace bench;
using F2 = itk::Image<float, 2>;
using S2 = itk::Image<short, 2>;
using U2 = itk::Image<unsigned char, 2>;
using L2 = itk::Image<unsigned int, 2>;

int main(int argc, char** argv) {
  if (reruns_per_thread_count(argv)) return 0;
  Suite s("segment", "ITK", "5.2.1", argc, argv);
  const int n = s.threads[0];
  itk::MultiThreaderBase::SetGlobalDefaultNumberOfThreads(n);
  auto ctv = read_all<int16_t>(s.data + "/ct.raw");
  auto slice = make_image<short, 2>(ctv.data() + 90 * 262144, {512, 512}, {0.7, 0.7});
  auto real = make_image<float, 2>(ctv.data() + 90 * 262144, {512, 512}, {1, 1});
  const std::string I2 = "ct slice 512x512 int16", G2 = "ct slice 512x512 gradient";
  S2::IndexType lung{{153, 245}};
  auto op = [&](const char* name, const std::string& input, auto body) { s.run(name, input, n, body); };
  op("region_grow2d", I2, [&] { apply<itk::ConnectedThresholdImageFilter<S2, U2>>(slice, [&](auto* f) { f->SetLower(-950); f->SetUpper(-700); f->SetSeed(lung); }); });
  op("confidence_connected2d", I2, [&] { apply<itk::ConfidenceConnectedImageFilter<S2, U2>>(slice, [&](auto* f) { f->SetMultiplier(2.5); f->SetNumberOfIterations(4); f->SetInitialNeighborhoodRadius(2); f->SetSeed(lung); }); });
  auto grad = apply<itk::GradientMagnitudeRecursiveGaussianImageFilter<F2, F2>>(real, [](auto* f) { f->SetSigma(1); });
  F2::Pointer g = grad->GetOutput();
  std::vector<unsigned> m(512 * 512, 0);
  unsigned label = 0;
  for (int y = 16; y < 512; y += 32) for (int x = 16; x < 512; x += 32) m[y * 512 + x] = ++label;
  auto markers = make_image<unsigned, 2>(m.data(), {512, 512}, {1, 1});
  op("watershed2d_relief", G2, [&] { apply<itk::MorphologicalWatershedFromMarkersImageFilter<F2, L2>>(g, [&](auto* f) { f->SetMarkerImage(markers); f->SetMarkWatershedLine(false); }); });
  op("watershed2d_level20", G2, [&] { apply<itk::MorphologicalWatershedImageFilter<F2, L2>>(g, [](auto* f) { f->SetLevel(20); f->SetMarkWatershedLine(false); }); });
}
