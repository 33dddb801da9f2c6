// How one kind of value is read from JSON, written to it and described in the schema. Each codec
// has a value_type and the same three functions; the table gives every setting one of them.
#pragma once

#include "config/document.hpp"
#include "config/endpoint.hpp"
#include "config/environment.hpp"
#include "config/settings.hpp"

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace config {

// What is wrong with a value, and with which element of it ("[1]") if not with the whole.
struct complaint {
    std::string element;
    std::string what;
};

using complaints = std::vector<complaint>;

// "the string \"two\"", "the number 7", "a list": what was found, for people.
std::string describe(const json& value);

// Complains that `value` "must be ALLOWED, not VALUE".
void reject(complaints& wrong, const json& value, std::string allowed, std::string element = {});

// The text of a string, nullptr for anything else.
const std::string* text_in(const json& value);

// A whole number.
struct number_codec {
    using value_type = std::uint64_t;
    std::uint64_t smallest;
    std::uint64_t largest;

    std::optional<value_type> read(const json&, const environment&, complaints&) const;
    json write(value_type) const;
    json shape() const;
};

// One of some words. The value is the word's place in the list, which is the order of the
// enumerators it stands for.
struct choice_codec {
    using value_type = std::size_t;
    std::vector<std::string_view> words;

    std::optional<value_type> read(const json&, const environment&, complaints&) const;
    json write(value_type) const;
    json shape() const;
};

// "2GiB".
struct size_codec {
    using value_type = byte_size;
    byte_size smallest;
    byte_size largest;

    std::optional<value_type> read(const json&, const environment&, complaints&) const;
    json write(value_type) const;
    json shape() const;
};

// true or false.
struct switch_codec {
    using value_type = bool;

    std::optional<value_type> read(const json&, const environment&, complaints&) const;
    json write(value_type) const;
    json shape() const;
};

// "90s", "5m"; from one second to a day.
struct duration_codec {
    using value_type = std::chrono::seconds;

    std::optional<value_type> read(const json&, const environment&, complaints&) const;
    json write(value_type) const;
    json shape() const;
};

// The same, or "0s" for never.
struct patience_codec {
    using value_type = std::chrono::seconds;

    std::optional<value_type> read(const json&, const environment&, complaints&) const;
    json write(value_type) const;
    json shape() const;
};

// The name of a group of users, or empty.
struct group_codec {
    using value_type = std::string;

    std::optional<value_type> read(const json&, const environment&, complaints&) const;
    json write(const value_type&) const;
    json shape() const;
};

// dockerd's daemon.json: an object. The value is its text.
struct daemon_json_codec {
    using value_type = std::string;

    std::optional<value_type> read(const json&, const environment&, complaints&) const;
    json write(const value_type&) const;
    json shape() const;
};

// What a variable such as HTTP_PROXY may hold, or empty.
struct proxy_codec {
    using value_type = std::string;

    std::optional<value_type> read(const json&, const environment&, complaints&) const;
    json write(const value_type&) const;
    json shape() const;
};

// "qemu:///session".
struct libvirt_uri_codec {
    using value_type = std::string;

    std::optional<value_type> read(const json&, const environment&, complaints&) const;
    json write(const value_type&) const;
    json shape() const;
};

// An absolute path; "~/" at its beginning is the home directory.
struct path_codec {
    using value_type = std::filesystem::path;

    std::optional<value_type> read(const json&, const environment&, complaints&) const;
    json write(const value_type&) const;
    json shape() const;
};

// A list of such paths.
struct paths_codec {
    using value_type = std::vector<std::filesystem::path>;

    std::optional<value_type> read(const json&, const environment&, complaints&) const;
    json write(const value_type&) const;
    json shape() const;
};

// {"iso": PATH or URL, "sha256": DIGITS}; nothing is written as null.
struct boot2docker_codec {
    using value_type = std::optional<boot2docker_settings>;

    std::optional<value_type> read(const json&, const environment&, complaints&) const;
    json write(const value_type&) const;
    json shape() const;
};

// A list of "PATH" or "PATH:ro", none twice.
struct shares_codec {
    using value_type = std::vector<share>;

    std::optional<value_type> read(const json&, const environment&, complaints&) const;
    json write(const value_type&) const;
    json shape() const;
};

// "unix:///PATH", and "npipe:////./pipe/NAME" where there are pipes; "unix://~/" is the home
// directory here and in the two below.
struct local_endpoint_codec {
    using value_type = local_endpoint;

    std::optional<value_type> read(const json&, const environment&, complaints&) const;
    json write(const value_type&) const;
    json shape() const;
};

struct engine_endpoint_codec {
    using value_type = engine_endpoint;

    std::optional<value_type> read(const json&, const environment&, complaints&) const;
    json write(const value_type&) const;
    json shape() const;
};

// A list of at least one, none twice.
struct listen_codec {
    using value_type = std::vector<listen_endpoint>;

    std::optional<value_type> read(const json&, const environment&, complaints&) const;
    json write(const value_type&) const;
    json shape() const;
};

}  // namespace config
