// A value on the heap.
#pragma once

#include <memory>
#include <utility>

namespace lab {

// Holds one T, never none, and is copied with it: what a config struct needs to contain a config of its own
// room, whose type is not complete yet.
template <class T>
class Boxed {
 public:
  Boxed() : value_(std::make_unique<T>()) {}
  explicit Boxed(T value) : value_(std::make_unique<T>(std::move(value))) {}
  Boxed(const Boxed& other) : value_(std::make_unique<T>(*other)) {}
  Boxed& operator=(const Boxed& other) {
    *value_ = *other;
    return *this;
  }
  ~Boxed() = default;

  T& operator*() { return *value_; }
  const T& operator*() const { return *value_; }
  T* operator->() { return value_.get(); }
  const T* operator->() const { return value_.get(); }

 private:
  std::unique_ptr<T> value_;
};

}  // namespace lab
