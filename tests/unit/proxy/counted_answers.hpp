// What was counted, as a test can compare it.
#pragma once

#include "proxy/traffic.hpp"

#include <cstdint>
#include <map>
#include <string>

using counted_answers = std::map<std::string, std::uint64_t>;

// "GET /containers/{id}/json 200" -> 2
inline counted_answers answers_in(const proxy::traffic& counted)
{
    counted_answers all;
    for (const auto& each : counted.answers.all()) {
        const auto method = std::string(to_string(each.request.method));
        const auto route = proxy::route_pattern(each.request.route);
        all[method + " " + route + " " + std::to_string(each.status)] += each.count;
    }
    return all;
}
