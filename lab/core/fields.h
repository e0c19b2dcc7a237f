// Config structs: each lists its fields once, and from that one list come strict parsing, defaults,
// canonical keys, `lab describe` and the JSON Schema (config.h).
//
// A config struct is plain data with defaults and one member function:
//
//   struct TopK {
//     static constexpr const char* name = "topk";   // a kind's name, doc and revision; the
//     static constexpr const char* doc = "TopK SAE (Gao et al. 2024, arXiv 2406.04093)";
//     static constexpr std::int64_t revision = 1;   // revision is raised when its results change
//     std::int64_t k = 16;
//     void fields(Fields& f) {
//       f("k", k, at_least(1), "latents kept per sample");
//       f.require(k <= latents, "k", "must be at most latents");  // a check between fields
//     }
//   };
//
// A room's config is a struct with a `kind` variant and the fields that all its kinds share:
//
//   struct DecomposerConfig {
//     static constexpr const char* room = "decomposers";
//     std::variant<TopK, Pca> kind;
//     std::optional<std::int64_t> seed;
//     void fields(Fields& f) {
//       f.kind(kind);
//       f("seed", seed, at_least(0), "…");
//     }
//   };
//
// In JSON a kind's own fields stand beside "kind": {"kind": "topk", "k": 4, "seed": 1}; a string
// alone is the kind with its defaults: "pca". Members may be bool, int64, double, string, json (any
// value), another config struct, and vector or optional of these.
//
// A key, which names a stage, is a config struct with `stage` and `revision`; it may hold other
// keys.
#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "lab/core/json.h"

namespace lab {

// What a value must satisfy. The bounds hold for a number, or for each item of a list of numbers.
struct Check {
  double min = -std::numeric_limits<double>::infinity();
  double max = std::numeric_limits<double>::infinity();
  bool open_min = false;  // the bound itself is not allowed
  bool open_max = false;
  std::vector<std::string> one_of;  // allowed strings; empty: any
  std::size_t min_items = 0;        // least length of a list
  bool required = false;            // must be given; it has no default

  Check items(std::size_t least) const;  // the same with a least length
  Check below(double bound) const;       // the same with an open upper bound
};
Check any();
Check at_least(double least);
Check above(double bound);  // open
Check between(double least, double greatest);
Check one_of(std::vector<std::string> words);
Check required();

// The value that a field had before it existed, as canonical JSON text ("false", "1.0", "null"). A
// key leaves the field out of its hash when it has this value, so old ids survive the addition.
struct Legacy {
  const char* value = nullptr;
};

class Fields;
template <class T>
concept Config = requires(T& config, Fields& f) {
  config.fields(f);
};

// The views below are what a visitor sees of a member that is not a plain value. They hold plain
// function pointers: a std::function for each of the many structs would cost seconds to compile.

// A config struct.
struct StructView {
  const char* room;       // nullptr when it has no kinds
  const char* stage;      // a key's name ("train"); nullptr for what is not a key
  std::int64_t revision;  // a key's
  void* config;
  void (*list)(void* config, Fields& f);

  void fields(Fields& f) const { list(config, f); }
};

// The alternatives of a room.
struct KindView {
  struct Kind {
    const char* name;
    const char* doc;
    std::int64_t revision;
  };
  std::span<const Kind> kinds;
  std::size_t current;
  void* variant;
  void (*emplace)(void* variant, std::size_t kind);
  void (*list)(void* variant, Fields& f);

  void choose(std::size_t kind) const { emplace(variant, kind); }  // a default kind number i
  void fields(Fields& f) const { list(variant, f); }               // the chosen kind's own fields
};

struct ListView {
  std::size_t size;
  void* items;
  void (*set_size)(void* items, std::size_t size);
  void (*put_item)(void* items, std::size_t i, Fields& f);
  void (*prototype)(Fields& f);  // gives a default item to the visitor, for docs and schemas

  void resize(std::size_t n) const { set_size(items, n); }
  void item(std::size_t i, Fields& f) const { put_item(items, i, f); }  // gives item i as a value
};

struct OptionalView {
  bool present;
  void* optional;
  void (*set_present)(void* optional, bool present);
  void (*put_item)(void* optional, Fields& f);
  void (*prototype)(Fields& f);

  void set(bool value) const { set_present(optional, value); }  // true: a default value
  void item(Fields& f) const { put_item(optional, f); }         // call when present
};

// The visitor that `fields` is called with. Readers fill members in; writers look at them.
class Fields {
 public:
  virtual ~Fields() = default;

  template <class T>
  void operator()(const char* name, T& member, const Check& check, const char* help,
                  Legacy legacy = {}) {
    begin({name, &check, help, legacy});
    put(member);
  }
  template <class... Kinds>
  void kind(std::variant<Kinds...>& choice);

  // A check between fields. `name` is the field that an error points at; `message` says what must
  // hold ("must be at most latents").
  virtual void require(bool /*holds*/, const char* /*name*/, const char* /*message*/) {}

  template <class T>
  void put(T& member);  // gives one value to the visitor

 protected:
  struct Field {
    const char* name;
    const Check* check;
    const char* help;
    Legacy legacy;
  };
  virtual void begin(const Field& field) = 0;  // the next value belongs to this field
  virtual void value(bool&) = 0;
  virtual void value(std::int64_t&) = 0;
  virtual void value(double&) = 0;
  virtual void value(std::string&) = 0;
  virtual void value(json&) = 0;
  virtual void value(const StructView&) = 0;
  virtual void value(const KindView&) = 0;
  virtual void value(const ListView&) = 0;
  virtual void value(const OptionalView&) = 0;

 private:
  template <class T>
  void put_list(std::vector<T>& list);
  template <class T>
  void put_optional(std::optional<T>& optional);
};

// The view of a whole config struct.
template <Config T>
StructView view_of(T& config) {
  StructView view{nullptr, nullptr, 0, &config,
                  [](void* it, Fields& f) { static_cast<T*>(it)->fields(f); }};
  if constexpr (requires { T::room; }) view.room = T::room;
  if constexpr (requires { T::stage; }) {
    view.stage = T::stage;
    view.revision = T::revision;
  }
  return view;
}

template <class... Kinds>
void Fields::kind(std::variant<Kinds...>& choice) {
  using Variant = std::variant<Kinds...>;
  static constexpr KindView::Kind kinds[] = {{Kinds::name, Kinds::doc, Kinds::revision}...};
  value(KindView{
      kinds, choice.index(), &choice,
      [](void* it, std::size_t kind) {
        std::size_t n = 0;
        ((n++ == kind ? (void)static_cast<Variant*>(it)->template emplace<Kinds>() : (void)0), ...);
      },
      [](void* it, Fields& f) {
        const auto list = [&f](auto* kind) {
          if (kind != nullptr) kind->fields(f);
        };
        (list(std::get_if<Kinds>(static_cast<Variant*>(it))), ...);
      }});
}

template <class T>
void Fields::put(T& member) {
  if constexpr (Config<T>) {
    value(view_of(member));
  } else if constexpr (requires {
                         typename T::value_type;
                         member.has_value();
                       }) {
    put_optional(member);
  } else if constexpr (requires { member.resize(0); } && !std::is_same_v<T, std::string> &&
                       !std::is_same_v<T, json>) {
    put_list(member);
  } else {
    value(member);
  }
}

template <class T>
void Fields::put_list(std::vector<T>& list) {
  using List = std::vector<T>;
  value(ListView{list.size(), &list,
                 [](void* it, std::size_t size) { static_cast<List*>(it)->resize(size); },
                 [](void* it, std::size_t i, Fields& f) { f.put((*static_cast<List*>(it))[i]); },
                 [](Fields& f) {
                   T item{};
                   f.put(item);
                 }});
}

template <class T>
void Fields::put_optional(std::optional<T>& optional) {
  using Optional = std::optional<T>;
  value(OptionalView{optional.has_value(), &optional,
                     [](void* it, bool present) {
                       auto& value = *static_cast<Optional*>(it);
                       present ? (void)value.emplace() : value.reset();
                     },
                     [](void* it, Fields& f) { f.put(**static_cast<Optional*>(it)); },
                     [](Fields& f) {
                       T item{};
                       f.put(item);
                     }});
}

}  // namespace lab
