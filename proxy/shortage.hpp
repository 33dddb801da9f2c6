// Short of something that others will give back: waiting helps, giving up would end the daemon.
#pragma once

#include <boost/system/error_code.hpp>

namespace proxy {

inline bool is_out_of_descriptors(const boost::system::error_code& ec)
{
    using boost::system::errc::errc_t;
    return ec == errc_t::too_many_files_open || ec == errc_t::too_many_files_open_in_system;
}

inline bool is_shortage(const boost::system::error_code& ec)
{
    using boost::system::errc::errc_t;
    return is_out_of_descriptors(ec) || ec == errc_t::no_buffer_space ||
           ec == errc_t::not_enough_memory ||
           ec == errc_t::no_space_on_device;  // of epoll: the user's max_user_watches
}

}  // namespace proxy
