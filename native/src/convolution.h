// A convolution of images, or one of its gradients, computed by oneDNN a few images at a time.

#ifndef STILLFLOW_CONVOLUTION_H_
#define STILLFLOW_CONVOLUTION_H_

#include <cstddef>
#include <cstdint>
#include <memory>

#include "job.h"

namespace stillflow {

enum class Kind : int64_t { kForward = 0, kInputGradient = 1, kFilterGradient = 2 };

// Images f32[n, height, width, channels] and filters f32[rows, columns, channels, depth] give
// f32[n, out_height, out_width, depth]. All are laid out in this order, row by row. The padding is
// that above and left of the images; what is below and right follows from the sizes.
struct Geometry {
  int64_t n, height, width, channels;
  int64_t rows, columns, depth;
  int64_t out_height, out_width;
  int64_t stride_y, stride_x;
  int64_t above, left;
  int64_t dilation_y, dilation_x;

  int64_t image() const { return height * width * channels; }
  int64_t filters() const { return rows * columns * channels * depth; }
  int64_t result() const { return out_height * out_width * depth; }
};
constexpr size_t kGeometryNumbers = sizeof(Geometry) / sizeof(int64_t);

// Whether oneDNN has such a convolution.
bool Has(Kind kind, const Geometry& geometry);

struct Primitive;  // of oneDNN
class Memory;

// Throws dnnl::error or std::invalid_argument where oneDNN has no such convolution.
class Convolution : public Job {
 public:
  // Of the three arrays one is written: that of `kind`'s result. They must outlive the job's work.
  Convolution(Kind kind, const Geometry& geometry, float* images, float* filters, float* results);
  ~Convolution() override;

  void Finish() override;

 private:
  struct Piece;
  Piece Find(int64_t index) const;
  void Compute(int64_t index) override;

  Kind kind_;
  Geometry geometry_;
  float* images_;
  float* filters_;
  float* results_;
  int64_t size_ = 1;          // images in a whole piece
  int64_t whole_ = 0;         // pieces of that size; after them each has half of what the last had
  const Primitive* first_ = nullptr;  // that of a whole piece
  std::unique_ptr<Memory> memory_;    // the filters as oneDNN has them, or each piece's gradients
  int64_t step_ = 0;                  // from one piece's gradients to the next one's
};

}  // namespace stillflow

#endif  // STILLFLOW_CONVOLUTION_H_
