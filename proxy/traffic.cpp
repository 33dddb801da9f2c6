// Answers by route, method and status.
#include "proxy/traffic.hpp"

namespace proxy {

void answer_counts::add(request_name request, int status)
{
    auto& seen = by_route_[request.route];
    for (auto& each : seen) {
        if (each.request.method != request.method || each.status != status) continue;
        ++each.count;
        return;
    }
    seen.push_back({request, status, 1});
}

std::vector<answer_count> answer_counts::all() const
{
    std::vector<answer_count> every;
    for (const auto& seen : by_route_) every.insert(every.end(), seen.begin(), seen.end());
    return every;
}

}  // namespace proxy
