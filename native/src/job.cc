#include "job.h"

#include <omp.h>

#include <stdexcept>

#if defined(__SSE2__)
#include <immintrin.h>
#endif

namespace stillflow {

Alone::Alone() : threads_(omp_get_max_threads()) {
  omp_set_num_threads(1);
#if defined(__SSE2__)
  control_ = _mm_getcsr();
  _mm_setcsr(control_ | _MM_FLUSH_ZERO_ON | 0x0040);  // the latter: operands, too
#endif
}

Alone::~Alone() {
#if defined(__SSE2__)
  _mm_setcsr(control_);
#endif
  omp_set_num_threads(threads_);
}

void Job::Divide(int64_t pieces) {
  pieces_ = pieces;
  left_ = pieces;
}

bool Job::Work() {
  const Alone alone;
  bool is_last = false;
  for (;;) {
    const int64_t index = next_.fetch_add(1);
    if (index >= pieces_) return is_last;
    try {
      Compute(index);
    } catch (...) {
      failed_ = true;
    }
    is_last = left_.fetch_sub(1) == 1;
  }
}

void Job::Finish() {
  if (failed_) throw std::runtime_error("oneDNN failed, or had no memory");
}

}  // namespace stillflow
