// Widths first.
#include "gangway/table.hpp"

#include <algorithm>

namespace gangway {

std::string table(const std::vector<std::vector<std::string>>& rows)
{
    std::vector<std::size_t> widths;
    for (const auto& each : rows) {
        widths.resize(std::max(widths.size(), each.size()), 0);
        for (std::size_t i = 0; i < each.size(); ++i)
            widths[i] = std::max(widths[i], each[i].size());
    }
    std::string text;
    for (const auto& each : rows) {
        std::string line;
        for (std::size_t i = 0; i < each.size(); ++i) {
            line += each[i];
            line.append(widths[i] + 2 - each[i].size(), ' ');
        }
        text += line.substr(0, line.find_last_not_of(' ') + 1) + "\n";
    }
    return text;
}

}  // namespace gangway
