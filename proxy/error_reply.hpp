// A failure or refusal of ours as the HTTP answer that Docker's clients print: `{"message": …}` as
// dockerd sends it (moby api/types/error_response.go). Pure.
#pragma once

#include <string>
#include <string_view>

namespace proxy {

// The statuses of the answers below.
inline constexpr int unavailable = 503;
inline constexpr int request_refused = 400;
inline constexpr int start_refused_status = 500;

// 503, `Connection: close`. The message begins with "gangway: ". `to_head`: the request was HEAD,
// so that the body stays away while its length is told.
std::string error_reply(std::string_view reason, bool to_head);

// 400, after which the connection goes on.
std::string refusal_reply(std::string_view reason);

// 500, as dockerd's own: the message is its, and the connection goes on.
std::string start_refusal_reply(std::string_view message);

}  // namespace proxy
