// Products of matrices, computed by oneDNN some rows or columns of a result at a time.

#ifndef STILLFLOW_PRODUCT_H_
#define STILLFLOW_PRODUCT_H_

#include <cstdint>

#include "job.h"

namespace stillflow {

// Matrices f32[batch, rows, depth] and f32[batch, depth, columns] give f32[batch, rows, columns].
// All are laid out row by row; one that is said to be transposed has its last two axes the other
// way round.
struct Sizes {
  int64_t batch, rows, depth, columns;
  int64_t transposes_a, transposes_b;

  int64_t a() const { return batch * rows * depth; }
  int64_t b() const { return batch * depth * columns; }
  int64_t result() const { return batch * rows * columns; }
};

class Product : public Job {
 public:
  // Throws std::invalid_argument where a size is not positive. The arrays must outlive its work.
  Product(const Sizes& sizes, const float* a, const float* b, float* result);

 private:
  void Compute(int64_t index) override;
  void Multiply(int64_t matrix, int64_t row, int64_t rows, int64_t column, int64_t columns) const;

  Sizes sizes_;
  const float* a_;
  const float* b_;
  float* result_;
  int64_t matrices_ = 1;  // in a piece
  int64_t length_ = 0;    // of a piece: rows, or columns, of one matrix
  int64_t parts_ = 1;     // of one matrix
};

}  // namespace stillflow

#endif  // STILLFLOW_PRODUCT_H_
