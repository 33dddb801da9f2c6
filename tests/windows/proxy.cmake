# Named pipes
set(pipe_tests
    proxy/pipe_client.cpp
    proxy/pipe_listener_test.cpp
    proxy/pipe_stream_test.cpp)

# What of the room they stand on.
add_library(proxy_pipe STATIC)
foreach(file byte_stream windows_text pipe_security pipe_security_windows peer_windows
        pipe_finish_windows pipe_stream_windows listener_windows)
    target_sources(proxy_pipe PRIVATE ../../proxy/${file}.cpp)
endforeach()
target_link_libraries(proxy_pipe PUBLIC strict config asio log ntdll)

gangway_test(windows_proxy_tests unit
    SOURCES ${pipe_tests}
    LIBRARIES proxy_pipe)
