# Everything of proxy/ but named pipes: what is pure, and what goes to the engine. Without
# sleep_record_test: a build without libvirt knows nothing of memory that was saved.
gangway_test(windows_proxy_net_tests unit
    SOURCES
        ../support/descriptor_limit_windows.cpp
        ../support/socket_pair_windows.cpp
        ../support/test_directory.cpp
        ../support/test_directory_windows.cpp
        ../unit/proxy/answer_paths_test.cpp
        ../unit/proxy/bind_request_test.cpp
        ../unit/proxy/body_reader_test.cpp
        ../unit/proxy/container_census_test.cpp
        ../unit/proxy/crowd_test.cpp
        ../unit/proxy/deadlines_test.cpp
        ../unit/proxy/engine_containers_test.cpp
        ../unit/proxy/exchange_test.cpp
        ../unit/proxy/host_network_test.cpp
        ../unit/proxy/host_port_rules_test.cpp
        ../unit/proxy/http_head_test.cpp
        ../unit/proxy/json_tree_test.cpp
        ../unit/proxy/known_answers_test.cpp
        ../unit/proxy/known_changes_test.cpp
        ../unit/proxy/patience_test.cpp
        ../unit/proxy/plain_question_test.cpp
        ../unit/proxy/port_changes_test.cpp
        ../unit/proxy/port_traffic_test.cpp
        ../unit/proxy/published_ports_sleep_test.cpp
        ../unit/proxy/published_ports_test.cpp
        ../unit/proxy/query_text_test.cpp
        ../unit/proxy/rejoin_budget_test.cpp
        ../unit/proxy/route_table_test.cpp
        ../unit/proxy/sleeping_engine_test.cpp
        ../unit/proxy/socket_stream_test.cpp
        ../unit/proxy/ssh_failure_test.cpp
        ../unit/proxy/stream_text_test.cpp
        ../unit/proxy/tls_resumption_test.cpp
        ../unit/proxy/tls_session_test.cpp
        ../unit/proxy/tls_stream_test.cpp
        ../unit/proxy/traffic_test.cpp
        ../unit/proxy/unread_buffer_test.cpp
        ../unit/proxy/watched_stream_test.cpp
        ../unit/proxy/whole_message_test.cpp
        ../unit/proxy/windows_binds_test.cpp
        ../unit/proxy/windows_refusals_test.cpp
        proxy/child_process_test.cpp
        proxy/dialer_test.cpp
        support/pipe_client.cpp
        proxy/program_words_test.cpp
        support/client_socket.cpp
    LIBRARIES proxy nlohmann_json::nlohmann_json OpenSSL::SSL log
    PRECOMPILED
        <boost/asio/awaitable.hpp> <boost/asio/co_spawn.hpp> <boost/asio/io_context.hpp>
        <boost/asio/steady_timer.hpp> <boost/asio/use_awaitable.hpp> <functional> <map>)

target_include_directories(windows_proxy_net_tests PRIVATE support)
set_source_files_properties(../unit/proxy/host_port_rules_test.cpp PROPERTIES COMPILE_DEFINITIONS
    "PERMISSION_RULE=\"80 may be in one\"")

# What stands in for ssh.exe, where the tests look for it.
add_executable(stand_in_ssh proxy/stand_in_ssh.cpp)
target_link_libraries(stand_in_ssh PRIVATE strict)
set_target_properties(stand_in_ssh PROPERTIES
    OUTPUT_NAME ssh RUNTIME_OUTPUT_DIRECTORY ${CMAKE_RUNTIME_OUTPUT_DIRECTORY}/stand-in)
add_dependencies(windows_proxy_net_tests stand_in_ssh)
