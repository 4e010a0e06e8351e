#include "product.h"

#include <algorithm>
#include <stdexcept>

#include <oneapi/dnnl/dnnl.hpp>

namespace stillflow {
namespace {

// Fewer rows or columns at a time are slower: oneDNN does without copies of the factors then.
constexpr int64_t kLeastLength = 128;
constexpr int64_t kEven = 16;  // a length is a multiple of it, as vectors are

int64_t Parts(int64_t whole, int64_t part) { return (whole + part - 1) / part; }

}  // namespace

// How it is divided follows from the sizes alone, so that numbers do not depend on the machine's
// cores. No sum is divided: no memory is needed, and nothing is left to be added up.
Product::Product(const Sizes& sizes, const float* a, const float* b, float* result)
    : sizes_(sizes), a_(a), b_(b), result_(result) {
  if (std::min({sizes.batch, sizes.rows, sizes.depth, sizes.columns}) < 1)
    throw std::invalid_argument("there is nothing to multiply");
  const int64_t longer = std::max(sizes.rows, sizes.columns);
  const int64_t line = std::min(sizes.rows, sizes.columns) * sizes.depth;
  const auto length = [&](int64_t parts) { return Parts(Parts(longer, parts), kEven) * kEven; };
  // Powers of two, for which most machines have as many cores, or half of them, or a quarter.
  int64_t parts = 1;
  while (2 * parts * sizes.batch <= kMostPieces && longer >= 2 * parts * (kLeastLength - kEven / 2) &&
         length(2 * parts) * line >= kWorthAPiece)
    parts *= 2;
  length_ = length(parts);
  parts_ = Parts(longer, length_);
  const int64_t work = longer * line;
  while (parts_ == 1 && matrices_ < sizes.batch &&
         (matrices_ * work < kWorthAPiece || Parts(sizes.batch, matrices_) > kMostPieces))
    matrices_ *= 2;
  Divide(Parts(sizes.batch, matrices_) * parts_);
}

void Product::Compute(int64_t index) {
  const int64_t first = index / parts_ * matrices_;
  const int64_t last = std::min(first + matrices_, sizes_.batch);
  const int64_t begin = index % parts_ * length_;
  for (int64_t matrix = first; matrix < last; ++matrix) {
    if (sizes_.rows >= sizes_.columns)
      Multiply(matrix, begin, std::min(length_, sizes_.rows - begin), 0, sizes_.columns);
    else
      Multiply(matrix, 0, sizes_.rows, begin, std::min(length_, sizes_.columns - begin));
  }
}

void Product::Multiply(int64_t matrix, int64_t row, int64_t rows, int64_t column,
                       int64_t columns) const {
  const Sizes& s = sizes_;
  const float* a = a_ + matrix * s.rows * s.depth + (s.transposes_a ? row : row * s.depth);
  const float* b = b_ + matrix * s.depth * s.columns + (s.transposes_b ? column * s.depth : column);
  float* result = result_ + (matrix * s.rows + row) * s.columns + column;
  const dnnl_status_t status = dnnl_sgemm(
      s.transposes_a ? 'T' : 'N', s.transposes_b ? 'T' : 'N', rows, columns, s.depth, 1.0f, a,
      s.transposes_a ? s.rows : s.depth, b, s.transposes_b ? s.depth : s.columns, 0.0f, result,
      s.columns);
  if (status != dnnl_success) throw std::runtime_error("oneDNN could not multiply");
}

}  // namespace stillflow
