// Work in pieces, which several threads may share.
//
// oneDNN computes with one thread here. Whoever has threads lets several of them call Work(): nothing
// waits for another thread, so that none of a pool's threads can be kept from what it waits for.

#ifndef STILLFLOW_JOB_H_
#define STILLFLOW_JOB_H_

#include <atomic>
#include <cstdint>

namespace stillflow {

// A piece is so much work, in multiplications, that what it costs to begin it does not matter.
constexpr int64_t kWorthAPiece = int64_t{1} << 23;
constexpr int64_t kMostPieces = 64;

// In its scope this thread computes alone, and takes denormal numbers for zero as runs do.
class Alone {
 public:
  Alone();
  ~Alone();

 private:
  int threads_;
  unsigned control_ = 0;
};

class Job {
 public:
  virtual ~Job() = default;

  // How many calls of Work can share it.
  int64_t pieces() const { return pieces_; }

  // Computes pieces until none is left to take. Returns whether the last of all has been computed
  // by this call; that caller calls Finish.
  bool Work();

  // Throws std::runtime_error where a piece has failed.
  virtual void Finish();

 protected:
  void Divide(int64_t pieces);

 private:
  virtual void Compute(int64_t index) = 0;

  int64_t pieces_ = 0;
  std::atomic<int64_t> next_{0};
  std::atomic<int64_t> left_{0};
  std::atomic<bool> failed_{false};
};

}  // namespace stillflow

#endif  // STILLFLOW_JOB_H_
