// What Stillflow calls: handlers for XLA, and functions in C for what NumPy would compute.

#include <algorithm>
#include <atomic>
#include <cstring>
#include <exception>
#include <memory>
#include <string>

#include <oneapi/dnnl/dnnl.hpp>

#include "convolution.h"
#include "product.h"
#include "xla/ffi/api/ffi.h"

namespace ffi = xla::ffi;

namespace stillflow {
namespace {

using Array = ffi::Buffer<ffi::F32>;
using Result = ffi::ResultBuffer<ffi::F32>;
using Numbers = ffi::Span<const int64_t>;

float* Data(const Array& array) { return const_cast<float*>(array.typed_data()); }

template <typename Shape>
bool Read(Numbers numbers, Shape* shape) {
  if (numbers.size() * sizeof(int64_t) != sizeof(*shape)) return false;
  std::memcpy(shape, numbers.begin(), sizeof(*shape));
  return true;
}

bool HasSize(const Array& array, int64_t size) {
  return array.element_count() == static_cast<size_t>(size);
}

ffi::Future Failed(const ffi::Error& error) {
  ffi::Promise promise;
  ffi::Future future(promise);
  promise.SetError(error);
  return future;
}

// A job, made of the arguments, that this thread and those of XLA share. This thread begins at once
// and waits for none: where XLA's are busy, it has done all the work by the time that they come.
template <typename Made, typename... Arguments>
ffi::Future Shared(ffi::ThreadPool pool, const Arguments&... arguments) {
  std::shared_ptr<Job> job;
  try {
    job = std::make_shared<Made>(arguments...);
  } catch (const std::exception& error) {
    return Failed(ffi::Error::Internal(error.what()));
  }
  ffi::Promise promise;
  ffi::Future future(promise);
  auto work = [job, promise]() mutable {
    if (!job->Work()) return;
    try {
      job->Finish();
    } catch (const std::exception& error) {
      promise.SetError(ffi::Error::Internal(error.what()));
      return;
    }
    promise.SetAvailable();
  };
  const int64_t others = std::min<int64_t>(job->pieces(), pool.num_threads()) - 1;
  for (int64_t i = 0; i < others; ++i) pool.Schedule(decltype(work)(work));
  work();
  return future;
}

ffi::Future Convolve(Kind kind, Numbers numbers, const Array& images, const Array& filters,
                     const Array& results, ffi::ThreadPool pool) {
  Geometry geometry;
  if (!Read(numbers, &geometry) || !HasSize(images, geometry.n * geometry.image()) ||
      !HasSize(filters, geometry.filters()) || !HasSize(results, geometry.n * geometry.result()))
    return Failed(ffi::Error::InvalidArgument("the geometry is not that of the arrays"));
  return Shared<Convolution>(pool, kind, geometry, Data(images), Data(filters), Data(results));
}

ffi::Future Forward(Array images, Array filters, Result results, ffi::ThreadPool pool,
                    Numbers geometry) {
  return Convolve(Kind::kForward, geometry, images, filters, *results, pool);
}

ffi::Future InputGradient(Array filters, Array results, Result images, ffi::ThreadPool pool,
                          Numbers geometry) {
  return Convolve(Kind::kInputGradient, geometry, *images, filters, results, pool);
}

ffi::Future FilterGradient(Array images, Array results, Result filters, ffi::ThreadPool pool,
                           Numbers geometry) {
  return Convolve(Kind::kFilterGradient, geometry, images, *filters, results, pool);
}

ffi::Future Multiply(Array a, Array b, Result result, ffi::ThreadPool pool, Numbers numbers) {
  Sizes sizes;
  if (!Read(numbers, &sizes) || !HasSize(a, sizes.a()) || !HasSize(b, sizes.b()) ||
      !HasSize(*result, sizes.result()))
    return Failed(ffi::Error::InvalidArgument("the sizes are not those of the arrays"));
  return Shared<Product>(pool, sizes, Data(a), Data(b), Data(*result));
}

auto Binding(const char* numbers) {
  return ffi::Ffi::Bind().Arg<Array>().Arg<Array>().Ret<Array>().Ctx<ffi::ThreadPool>().Attr<
      Numbers>(numbers);
}

}  // namespace
}  // namespace stillflow

#pragma GCC visibility push(default)

XLA_FFI_DEFINE_HANDLER_SYMBOL(StillflowForward, stillflow::Forward, stillflow::Binding("geometry"));
XLA_FFI_DEFINE_HANDLER_SYMBOL(StillflowInputGradient, stillflow::InputGradient,
                              stillflow::Binding("geometry"));
XLA_FFI_DEFINE_HANDLER_SYMBOL(StillflowFilterGradient, stillflow::FilterGradient,
                              stillflow::Binding("geometry"));
XLA_FFI_DEFINE_HANDLER_SYMBOL(StillflowProduct, stillflow::Multiply, stillflow::Binding("sizes"));

// In C, for ctypes ---------------------------------------------------------------------------------

extern "C" {

// The version of this interface: Stillflow refuses another one.
int stillflow_interface() { return 2; }

// Whether the processor has what the table of measurements was made with: AVX-512.
int stillflow_is_wide() {
  const auto isa = static_cast<unsigned>(dnnl::get_effective_cpu_isa());
  const auto wide = static_cast<unsigned>(dnnl::cpu_isa::avx512_core);
  return (isa & wide) == wide;
}

// A job, for stillflow_work in as many threads as there are, then once for stillflow_end. NULL
// where oneDNN has no such convolution.
void* stillflow_begin(int64_t kind, const int64_t* geometry, float* images, float* filters,
                      float* results) {
  stillflow::Geometry read;
  std::memcpy(&read, geometry, sizeof(read));
  try {
    stillflow::Job* job = new stillflow::Convolution(static_cast<stillflow::Kind>(kind), read,
                                                     images, filters, results);
    return job;
  } catch (const std::exception&) {
    return nullptr;
  }
}

// The same for a product of matrices. NULL where there is no memory.
void* stillflow_begin_product(const int64_t* sizes, float* a, float* b, float* result) {
  stillflow::Sizes read;
  std::memcpy(&read, sizes, sizeof(read));
  try {
    stillflow::Job* job = new stillflow::Product(read, a, b, result);
    return job;
  } catch (const std::exception&) {
    return nullptr;
  }
}

int64_t stillflow_pieces(const void* job) {
  return static_cast<const stillflow::Job*>(job)->pieces();
}

void stillflow_work(void* job) { static_cast<stillflow::Job*>(job)->Work(); }

// Whether it all went well.
int stillflow_end(void* job) {
  const std::unique_ptr<stillflow::Job> ended(static_cast<stillflow::Job*>(job));
  try {
    ended->Finish();
  } catch (const std::exception&) {
    return 0;
  }
  return 1;
}

// Whether oneDNN has a convolution of this geometry; it is made ready.
int stillflow_has(int64_t kind, const int64_t* geometry) {
  stillflow::Geometry read;
  std::memcpy(&read, geometry, sizeof(read));
  return stillflow::Has(static_cast<stillflow::Kind>(kind), read);
}

}  // extern "C"

#pragma GCC visibility pop
