// Who may open our named pipes (Windows), as a security descriptor in its text form (SDDL). The
// text is pure.
#pragma once

#include <string>
#include <string_view>

namespace proxy {

// Protected from what a parent would give: everything for Administrators, SYSTEM and the user;
// reading and writing for the group, if it is not empty, as moby's daemon gives it
// (daemon/listeners/listeners_windows.go). Both are SIDs ("S-1-5-21-...").
std::string pipe_security(std::string_view user, std::string_view group);

// What Windows makes of such a text. Throws boost::system::system_error.
class security_descriptor {
public:
    explicit security_descriptor(const std::string& text);
    security_descriptor(const security_descriptor&) = delete;
    security_descriptor& operator=(const security_descriptor&) = delete;
    security_descriptor(security_descriptor&&) = delete;
    security_descriptor& operator=(security_descriptor&&) = delete;
    ~security_descriptor();

    void* get() const { return descriptor_; }

private:
    void* descriptor_ = nullptr;
};

// Of the account that runs this process. Throws boost::system::system_error.
std::string own_sid();

// Of a group of this machine or its domain. Throws listen_error when there is none of that name.
std::string sid_of_group(const std::string& name);

}  // namespace proxy
