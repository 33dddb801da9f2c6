// The one table of every setting. Loading, suggestions, printing and the documents' tests walk it,
// so a new setting is a member of `settings`, a row here and an entry in the schema.
#pragma once

#include "config/codecs.hpp"
#include "config/environment.hpp"
#include "config/settings.hpp"

#include <functional>
#include <string_view>
#include <vector>

namespace config {

struct row {
    // Section and name, "vm.memory"; or a name alone.
    std::string_view path;
    // One sentence: what it does.
    std::string_view summary;
    // The default in words when it depends on the user or the machine, else empty.
    std::string_view computed_default;
    // The value's JSON Schema, without description and default.
    std::function<json()> shape;
    // Puts the value into the settings. Whatever is returned says why it did not.
    std::function<complaints(const json&, const environment&, settings&)> read;
    // The value in the settings; null when it is not set.
    std::function<json(const settings&)> write;
};

// In the order in which they are printed; rows of one section are neighbours.
const std::vector<row>& table();

// The row at `path`, or nullptr.
const row* find_row(std::string_view path);

// "vm" of "vm.memory", empty for a name alone; and "memory" of both.
std::string_view section_of(std::string_view path);
std::string_view name_of(std::string_view path);

}  // namespace config
