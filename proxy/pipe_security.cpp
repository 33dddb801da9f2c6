// The security descriptor's text.
#include "proxy/pipe_security.hpp"

namespace proxy {

std::string pipe_security(std::string_view user, std::string_view group)
{
    std::string text = "D:P(A;;GA;;;BA)(A;;GA;;;SY)(A;;GA;;;";
    text.append(user).append(")");
    if (!group.empty()) text.append("(A;;GRGW;;;").append(group).append(")");
    return text;
}

}  // namespace proxy
