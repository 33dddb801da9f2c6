// The part of redact() that knows secrets by their names. Pure.
#pragma once

#include <string>
#include <string_view>

namespace gangway {

// What stands in a secret's place.
inline constexpr std::string_view removed = "[removed]";

// Without the values of names that sound secret, in the forms that redact() promises.
std::string without_named_secrets(std::string_view text);

}  // namespace gangway
