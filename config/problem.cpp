// Puts problems into words.
#include "config/problem.hpp"

#include <utility>

namespace config {
namespace {

std::string list(const std::vector<problem>& problems)
{
    std::string text;
    for (const auto& problem : problems) {
        if (!text.empty()) text += '\n';
        text += to_string(problem);
    }
    return text;
}

}  // namespace

std::string to_string(const problem& problem)
{
    std::string text;
    for (const auto* const part : {&problem.source, &problem.where})
        if (!part->empty()) text += *part + ": ";
    return text + problem.what;
}

config_error::config_error(std::vector<problem> problems)
    : std::runtime_error(list(problems)), problems_(std::move(problems))
{
}

}  // namespace config
