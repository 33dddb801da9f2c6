// Takes out of a text what must not be given away with it. Pure.
#pragma once

#include <string>
#include <string_view>

namespace gangway {

// Without: private keys in PEM, also cut off ones; what comes before the @ in a URL; the values of
// names that have TOKEN, SECRET, PASSWORD, KEY or the like in them, as in NAME=VALUE, "NAME":
// "VALUE", NAME: VALUE to the end of the line, and --NAME VALUE; what follows Bearer and Basic.
// `home`, where it begins a path, becomes "~". It rather takes too much than too little.
std::string redact(std::string_view text, std::string_view home);

}  // namespace gangway
