// What is known of an engine that sleeps, as bytes for the daemon that comes after this one. Pure.
#pragma once

#include "proxy/known_answers.hpp"
#include "proxy/port_changes.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace proxy {

struct sleeping_engine {
    std::vector<known_answer> answers;      // the one that was asked for last comes first
    port_owners ports;                      // that stay bound
    std::optional<std::size_t> containers;  // that run
    bool operator==(const sleeping_engine&) const = default;
};

// CBOR (RFC 8949): answers are bytes, and need not be text.
std::string encode(const sleeping_engine& what);

// Nothing: it is none.
std::optional<sleeping_engine> decode_sleeping_engine(std::string_view bytes);

}  // namespace proxy
