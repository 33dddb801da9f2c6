// Lines of words in columns. Pure.
#pragma once

#include <string>
#include <vector>

namespace gangway {

// Each column is as wide as its longest word and two blanks; no line ends with blanks. A row has at
// least one word.
std::string table(const std::vector<std::vector<std::string>>& rows);

}  // namespace gangway
