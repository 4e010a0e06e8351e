#include "convolution.h"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <cstring>
#include <map>
#include <mutex>
#include <new>
#include <stdexcept>
#include <tuple>
#include <vector>

#include <oneapi/dnnl/dnnl.hpp>

namespace stillflow {
namespace {

// Gradients of filters have memory for each piece, which is added up in the end.
constexpr int64_t kMostGradients = 16;
constexpr int64_t kMostGradientBytes = int64_t{32} << 20;
constexpr size_t kPage = 4096;
constexpr size_t kKeptMemories = 4;

const dnnl::engine& Engine() {
  static const dnnl::engine engine(dnnl::engine::kind::cpu, 0);
  return engine;
}

dnnl::stream& Stream() {
  thread_local dnnl::stream stream(Engine());
  return stream;
}

}  // namespace

// Memory that begins a page, and grows to what was asked for.
class Memory {
 public:
  Memory() = default;
  Memory(const Memory&) = delete;
  Memory& operator=(const Memory&) = delete;
  ~Memory() { std::free(data_); }

  float* AtLeast(size_t bytes) {
    if (bytes > size_) {
      std::free(data_);
      size_ = 0;
      size_t wanted = (bytes + kPage - 1) / kPage * kPage;
      data_ = std::aligned_alloc(kPage, wanted);
      if (data_ == nullptr) throw std::bad_alloc();
      size_ = wanted;
    }
    return static_cast<float*>(data_);
  }
  float* data() const { return static_cast<float*>(data_); }

 private:
  void* data_ = nullptr;
  size_t size_ = 0;
};

namespace {

thread_local Memory scratch;  // what a primitive computes with

std::mutex kept_mutex;
std::vector<std::unique_ptr<Memory>> kept;  // of jobs that have ended, for the next ones

std::unique_ptr<Memory> Taken(size_t bytes) {
  std::unique_ptr<Memory> memory;
  {
    std::lock_guard<std::mutex> lock(kept_mutex);
    if (!kept.empty()) {
      memory = std::move(kept.back());
      kept.pop_back();
    }
  }
  if (memory == nullptr) memory = std::make_unique<Memory>();
  memory->AtLeast(bytes);
  return memory;
}

void Keep(std::unique_ptr<Memory> memory) {
  std::lock_guard<std::mutex> lock(kept_mutex);
  if (kept.size() < kKeptMemories) kept.push_back(std::move(memory));
}

int64_t After(int64_t size, int64_t window, int64_t out, int64_t stride, int64_t before,
              int64_t dilation) {
  int64_t reach = (window - 1) * dilation + 1;
  int64_t after = std::max<int64_t>((out - 1) * stride + reach - size - before, 0);
  if ((size + before + after - reach) / stride + 1 != out || before < 0 || before >= reach)
    throw std::invalid_argument("the sizes are no convolution's");
  return after;
}

}  // namespace

// A convolution of so many images, made ready; it may run in several threads at once.
struct Primitive {
  Primitive(Kind kind, const Geometry& g);
  void Run(Kind kind, float* images, float* filters, float* results) const;
  void Reorder(float* from, float* to) const;

  dnnl::memory::desc images, filters, results, own, room, reorder_room;
  dnnl::primitive compute;
  dnnl::reorder reorder;  // between the filters' order and `own`, which is oneDNN's
  bool reorders = false;
  bool from_own = false;
};

Primitive::Primitive(Kind kind, const Geometry& g) {
  using dnnl::memory;
  using tag = memory::format_tag;
  constexpr auto type = memory::data_type::f32;
  constexpr auto direct = dnnl::algorithm::convolution_direct;
  images = memory::desc({g.n, g.channels, g.height, g.width}, type, tag::nhwc);
  results = memory::desc({g.n, g.depth, g.out_height, g.out_width}, type, tag::nhwc);
  const memory::dims sizes{g.depth, g.channels, g.rows, g.columns};
  filters = memory::desc(sizes, type, tag::hwio);
  const memory::desc any(sizes, type, tag::any);
  const memory::dims strides{g.stride_y, g.stride_x};
  const memory::dims gaps{g.dilation_y - 1, g.dilation_x - 1};
  const memory::dims before{g.above, g.left};
  const memory::dims after{
      After(g.height, g.rows, g.out_height, g.stride_y, g.above, g.dilation_y),
      After(g.width, g.columns, g.out_width, g.stride_x, g.left, g.dilation_x)};
  dnnl::primitive_attr attributes;
  attributes.set_scratchpad_mode(dnnl::scratchpad_mode::user);
  const dnnl::convolution_forward::primitive_desc forward(
      Engine(), dnnl::prop_kind::forward_training, direct, images, any, results, strides, gaps,
      before, after, attributes);
  if (kind == Kind::kForward) {
    own = forward.weights_desc();
    room = forward.scratchpad_desc();
    compute = dnnl::convolution_forward(forward);
  } else if (kind == Kind::kInputGradient) {
    const dnnl::convolution_backward_data::primitive_desc backward(
        Engine(), direct, images, any, results, strides, gaps, before, after, forward, attributes);
    own = backward.weights_desc();
    room = backward.scratchpad_desc();
    compute = dnnl::convolution_backward_data(backward);
  } else {
    const dnnl::convolution_backward_weights::primitive_desc backward(
        Engine(), direct, images, any, results, strides, gaps, before, after, forward, attributes);
    own = backward.diff_weights_desc();
    room = backward.scratchpad_desc();
    compute = dnnl::convolution_backward_weights(backward);
    from_own = true;
  }
  reorders = own != filters;
  if (reorders) {
    const dnnl::reorder::primitive_desc reordering(Engine(), from_own ? own : filters, Engine(),
                                                   from_own ? filters : own, attributes);
    reorder = dnnl::reorder(reordering);
    reorder_room = reordering.scratchpad_desc();
  }
}

void Primitive::Run(Kind kind, float* x, float* w, float* y) const {
  const bool to_images = kind == Kind::kInputGradient, to_filters = kind == Kind::kFilterGradient;
  const bool to_results = kind == Kind::kForward;
  compute.execute(
      Stream(),
      {{to_images ? DNNL_ARG_DIFF_SRC : DNNL_ARG_SRC, dnnl::memory(images, Engine(), x)},
       {to_filters ? DNNL_ARG_DIFF_WEIGHTS : DNNL_ARG_WEIGHTS, dnnl::memory(own, Engine(), w)},
       {to_results ? DNNL_ARG_DST : DNNL_ARG_DIFF_DST, dnnl::memory(results, Engine(), y)},
       {DNNL_ARG_SCRATCHPAD,
        dnnl::memory(room, Engine(), scratch.AtLeast(std::max<size_t>(room.get_size(), 1)))}});
}

void Primitive::Reorder(float* from, float* to) const {
  const size_t bytes = std::max<size_t>(reorder_room.get_size(), 1);
  reorder.execute(
      Stream(),
      {{DNNL_ARG_FROM, dnnl::memory(from_own ? own : filters, Engine(), from)},
       {DNNL_ARG_TO, dnnl::memory(from_own ? filters : own, Engine(), to)},
       {DNNL_ARG_SCRATCHPAD, dnnl::memory(reorder_room, Engine(), scratch.AtLeast(bytes))}});
}

namespace {

// Made once for each shape and kept: it is a few kilobytes of code.
const Primitive& Found(Kind kind, Geometry geometry, int64_t images) {
  using Key = std::array<int64_t, kGeometryNumbers + 1>;
  static std::mutex mutex;
  static std::map<Key, std::unique_ptr<const Primitive>> made;
  geometry.n = images;
  Key key;
  std::memcpy(key.data(), &geometry, sizeof(geometry));
  key.back() = static_cast<int64_t>(kind);
  std::lock_guard<std::mutex> lock(mutex);
  std::unique_ptr<const Primitive>& primitive = made[key];
  if (primitive == nullptr) primitive = std::make_unique<const Primitive>(kind, geometry);
  return *primitive;
}

}  // namespace

bool Has(Kind kind, const Geometry& geometry) {
  const Alone alone;
  try {
    Found(kind, geometry, 1);
    return true;
  } catch (const std::exception&) {
    return false;
  }
}

// Some of the images, by where they begin.
struct Convolution::Piece {
  int64_t first, images;
};

Convolution::Convolution(Kind kind, const Geometry& geometry, float* images, float* filters, float* results)
    : kind_(kind), geometry_(geometry), images_(images), filters_(filters), results_(results) {
  const Alone alone;
  const bool adds = kind == Kind::kFilterGradient;
  const int64_t work = std::max<int64_t>(geometry.out_height * geometry.out_width, 1) *
                       std::max<int64_t>(geometry.filters(), 1);
  int64_t most = kMostPieces;
  if (adds)
    most = std::clamp<int64_t>(
        kMostGradientBytes / std::max<int64_t>(geometry.filters() * sizeof(float), 1), 1,
        kMostGradients);
  // Sizes are powers of two, so that batches of all lengths have few primitives, and follow from
  // the shape alone, so that the numbers of a gradient do not depend on the machine's cores.
  while (size_ < geometry.n && (size_ * work < kWorthAPiece || geometry.n / size_ > most)) size_ *= 2;
  while (size_ > geometry.n) size_ /= 2;
  if (size_ < 1) throw std::invalid_argument("there are no images");
  whole_ = geometry.n / size_;
  int64_t pieces = whole_;
  for (int64_t rest = geometry.n % size_; rest != 0; rest &= rest - 1) ++pieces;
  Divide(pieces);
  first_ = &Found(kind_, geometry_, size_);
  for (int64_t rest = geometry_.n % size_; rest != 0; rest &= rest - 1)
    Found(kind_, geometry_, rest & -rest);  // here a failure can still be told
  if (adds) {
    step_ = (geometry.filters() + kPage - 1) / kPage * kPage;
    memory_ = Taken(step_ * pieces * sizeof(float));
  } else if (first_->reorders) {
    memory_ = Taken(first_->own.get_size());
    first_->Reorder(filters_, memory_->data());
  }
}

Convolution::~Convolution() {
  if (memory_ != nullptr) Keep(std::move(memory_));
}

Convolution::Piece Convolution::Find(int64_t index) const {
  if (index < whole_) return {index * size_, size_};
  int64_t first = whole_ * size_, rest = geometry_.n - first, size = size_;
  for (int64_t after = index - whole_;; --after) {
    while ((rest & size) == 0) size /= 2;
    if (after == 0) return {first, size};
    first += size;
    rest -= size;
  }
}

void Convolution::Compute(int64_t index) {
  const Piece piece = Find(index);
  const Primitive& primitive = Found(kind_, geometry_, piece.images);
  float* images = images_ + piece.first * geometry_.image();
  float* results = results_ + piece.first * geometry_.result();
  const bool adds = kind_ == Kind::kFilterGradient;
  float* filters = adds ? memory_->data() + index * step_ : filters_;
  if (!primitive.reorders) {
    primitive.Run(kind_, images, filters, results);
  } else if (!adds && primitive.own == first_->own) {
    primitive.Run(kind_, images, memory_->data(), results);
  } else {
    std::unique_ptr<Memory> own = Taken(primitive.own.get_size());
    if (!adds) primitive.Reorder(filters, own->data());
    primitive.Run(kind_, images, own->data(), results);
    if (adds) primitive.Reorder(own->data(), filters);
    Keep(std::move(own));
  }
}

void Convolution::Finish() {
  Job::Finish();
  if (kind_ != Kind::kFilterGradient) return;
  const int64_t count = geometry_.filters();
  std::memcpy(filters_, memory_->data(), count * sizeof(float));
  for (int64_t index = 1; index < pieces(); ++index) {
    const float* more = memory_->data() + index * step_;
    for (int64_t i = 0; i < count; ++i) filters_[i] += more[i];
  }
}

}  // namespace stillflow
