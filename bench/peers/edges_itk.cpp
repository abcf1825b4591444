// ITK's box mean, bilateral and derivative filters on the volumes, which itk_filters lacks.
#include <itkBilateralImageFilter.h>
#include <itkBoxMeanImageFilter.h>
#include <itkImage.h>
#include <itkImportImageFilter.h>
#include <itkLaplacianImageFilter.h>
#include <itkLaplacianRecursiveGaussianImageFilter.h>
#include <itkMultiThreaderBase.h>
#include "bench.hpp"
using namespace bench;
using F3 = itk::Image<float, 3>;
using S3 = itk::Image<int16_t, 3>;

template <class I>
typename I::Pointer image(const std::vector<uint16_t>& raw, const std::array<itk::SizeValueType, 3>& size, double xy,
                          double z) {
  auto out = I::New();
  typename I::RegionType region;
  for (int i = 0; i < 3; i++) region.SetSize(i, size[i]);
  out->SetRegions(region);
  const double spacing[3] = {xy, xy, z};
  out->SetSpacing(spacing);
  out->Allocate();
  for (size_t i = 0; i < raw.size(); i++)
    out->GetBufferPointer()[i] = std::is_same<typename I::PixelType, int16_t>::value ? int16_t(raw[i]) : raw[i];
  return out;
}

template <class Filter, class Input, class Set>
void apply(const Input& in, Set set) {
  auto f = Filter::New();
  f->SetInput(in);
  set(f.GetPointer());
  f->Update();
}

int main(int argc, char** argv) {
  if (reruns_per_thread_count(argv)) return 0;
  Suite s("filter", "ITK", "5", argc, argv);
  const int n = s.threads[0];
  itk::MultiThreaderBase::SetGlobalMaximumNumberOfThreads(n);
  itk::MultiThreaderBase::SetGlobalDefaultNumberOfThreads(n);
  const std::string CT = "ct 512x512x200 int16", MR = "mr 256x256x180 f32";
  auto ct = image<S3>(read_all<uint16_t>(s.data + "/ct.raw"), {512, 512, 200}, 0.7, 1.25);
  auto mr = image<F3>(read_all<uint16_t>(s.data + "/mr.raw"), {256, 256, 180}, 1, 1);
  auto none = [](auto*) {};
  s.run("box3d_r2", CT, n, [&] { apply<itk::BoxMeanImageFilter<S3, S3>>(ct, [](auto* f) { f->SetRadius(2); }); });
  auto ctf = image<F3>(read_all<uint16_t>(s.data + "/ct.raw"), {512, 512, 200}, 0.7, 1.25);
  s.run("laplacian3d", CT, n, [&] { apply<itk::LaplacianImageFilter<F3, F3>>(ctf, none); });
  s.run("log3d_s2", CT, n, [&] {
    apply<itk::LaplacianRecursiveGaussianImageFilter<S3, F3>>(ct, [](auto* f) { f->SetSigma(1.4); });
  });
  s.run("bilateral3d_s1", MR, n, [&] {
    apply<itk::BilateralImageFilter<F3, F3>>(mr, [](auto* f) {
      f->SetDomainSigma(1.0);
      f->SetRangeSigma(50);
      f->SetAutomaticKernelSize(false);
      f->SetRadius(2);
    });
  });
}
