# Named pipes
set(pipe_tests
    support/pipe_client.cpp
    proxy/pipe_listener_test.cpp
    proxy/pipe_stream_test.cpp)

# The session between a pipe and an engine: the same tests as between a unix socket and one.
# session_answers_test has paths of a POSIX host, which no client has here.
set(session_tests
    ../support/test_directory.cpp
    ../support/test_directory_windows.cpp
    support/client_socket.cpp
    ../unit/proxy/session_bulk_test.cpp
    ../unit/proxy/session_follow_test.cpp
    ../unit/proxy/session_known_test.cpp
    ../unit/proxy/session_open_test.cpp
    ../unit/proxy/session_starts_test.cpp
    ../unit/proxy/session_test.cpp
    ../unit/proxy/session_upload_test.cpp
    ../unit/proxy/session_windows_test.cpp)

# Named pipes stand on so little of the room that they have a program of their own.
add_library(proxy_pipe STATIC EXCLUDE_FROM_ALL)
foreach(file byte_stream windows_text pipe_security pipe_security_windows peer_windows
        pipe_calls_windows pipe_finish_windows pipe_stream_windows listener_windows)
    target_sources(proxy_pipe PRIVATE ../../proxy/${file}.cpp)
endforeach()
target_sources(proxy_pipe PRIVATE ../../config/endpoint.cpp)
target_link_libraries(proxy_pipe PUBLIC strict asio log ntdll)
set_target_properties(proxy_pipe PROPERTIES UNITY_BUILD OFF)

gangway_test(windows_proxy_tests unit
    SOURCES ${pipe_tests}
    LIBRARIES proxy_pipe)

gangway_test(windows_session_tests unit
    SOURCES support/pipe_client.cpp ${session_tests}
    LIBRARIES proxy nlohmann_json::nlohmann_json OpenSSL::SSL log)
target_include_directories(windows_session_tests PRIVATE support)
foreach(test bulk follow known open starts)
    compile_apart(../unit/proxy/session_${test}_test.cpp)
endforeach()
