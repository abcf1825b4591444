// ITK: N4 with the field brought to the full grid, and FFT convolution, on the MR volume.
#include <itkBSplineControlPointImageFilter.h>
#include <itkFFTConvolutionImageFilter.h>
#include <itkN4BiasFieldCorrectionImageFilter.h>
#include <itkOtsuThresholdImageFilter.h>
#include <itkShrinkImageFilter.h>
#include "itk_common.hpp"
using namespace bench;

using F3 = itk::Image<float, 3>;
using U3 = itk::Image<unsigned char, 3>;
using N4 = itk::N4BiasFieldCorrectionImageFilter<F3, U3, F3>;

int main(int argc, char** argv) {
  if (reruns_per_thread_count(argv)) return 0;
  Suite s("filter", "ITK", "5.2.1", argc, argv);
  auto mrv = read_all<uint16_t>(s.data + "/mr.raw");
  auto mr = make_image<float, 3>(mrv.data(), {256, 256, 180}, {1, 1, 1});
  std::vector<float> weights(15 * 15 * 15);
  for (int i = 0; i < 3375; i++) weights[i] = 1 + i % 7;
  auto kernel = make_image<float, 3>(weights.data(), {15, 15, 15}, {1, 1, 1});
  const std::string MR = "mr 256x256x180 f32";
  for (int n : s.threads) {
    itk::MultiThreaderBase::SetGlobalDefaultNumberOfThreads(n);
    s.run("n4_full_shrink4_4x50", MR, n, [&] {
      auto small = apply<itk::ShrinkImageFilter<F3, F3>>(mr, [](auto* f) { f->SetShrinkFactors(4); });
      F3::Pointer im = small->GetOutput();
      auto mask = apply<itk::OtsuThresholdImageFilter<F3, U3>>(im, [](auto* f) { f->SetInsideValue(0); f->SetOutsideValue(1); f->SetNumberOfHistogramBins(200); });
      auto n4 = apply<N4>(im, [&](auto* f) {
        f->SetMaskImage(mask->GetOutput());
        N4::VariableSizeArrayType its(4);
        its.Fill(50);
        f->SetNumberOfFittingLevels(4);
        f->SetMaximumNumberOfIterations(its);
      });
      using Lattice = N4::BiasFieldControlPointLatticeType;
      auto field = itk::BSplineControlPointImageFilter<Lattice, N4::ScalarImageType>::New();
      field->SetInput(n4->GetLogBiasFieldControlPointLattice());
      field->SetSplineOrder(3);
      field->SetSize(mr->GetLargestPossibleRegion().GetSize());
      field->SetOrigin(mr->GetOrigin());
      field->SetSpacing(mr->GetSpacing());
      field->SetDirection(mr->GetDirection());
      field->Update();
      auto out = F3::New();
      out->SetRegions(mr->GetLargestPossibleRegion());
      out->Allocate();
      itk::ImageRegionIterator<F3> a(mr, mr->GetLargestPossibleRegion()), o(out, out->GetLargestPossibleRegion());
      itk::ImageRegionIterator<N4::ScalarImageType> b(field->GetOutput(), field->GetOutput()->GetLargestPossibleRegion());
      for (; !a.IsAtEnd(); ++a, ++b, ++o) o.Set(a.Get() / std::exp(b.Get()[0]));
    });
    s.run("convolve3d_k15", MR, n, [&] {
      apply<itk::FFTConvolutionImageFilter<F3>>(mr, [&](auto* f) { f->SetKernelImage(kernel); });
    });
  }
}
