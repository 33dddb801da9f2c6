gangway_test(windows_gangwayd_tests unit
    SOURCES
        ../unit/gangwayd/background_words_test.cpp
        ../unit/gangwayd/command_line_test.cpp
        ../unit/gangwayd/metrics_rules.cpp
        ../unit/gangwayd/metrics_text_test.cpp
        gangwayd/served_pipe.cpp
        gangwayd/service_test.cpp
        gangwayd/story_test.cpp
        support/pipe_client.cpp
        support/program.cpp
        support/small_engine.cpp
    LIBRARIES daemon nlohmann_json::nlohmann_json)
target_compile_definitions(windows_gangwayd_tests PRIVATE
    GANGWAYD_PROGRAM="$<TARGET_FILE:gangwayd>" GANGWAY_PROGRAM="$<TARGET_FILE:gangway>")
add_dependencies(windows_gangwayd_tests gangway gangwayd gangwayd-login)

# Nothing but the system's own libraries: a program is one file.
add_test(NAME windows_imports
    COMMAND ${CMAKE_CURRENT_SOURCE_DIR}/check_imports
        $<TARGET_FILE:gangwayd> $<TARGET_FILE:gangway> $<TARGET_FILE:gangwayd-login>)
set_tests_properties(windows_imports PROPERTIES LABELS windows)

# A real client of Windows.
add_test(NAME windows_node_client
    COMMAND ${CMAKE_CURRENT_SOURCE_DIR}/node_client $<TARGET_FILE:gangwayd> ${PROJECT_BINARY_DIR}/..)
set_tests_properties(windows_node_client PROPERTIES
    LABELS windows SKIP_RETURN_CODE 77 TIMEOUT 600)
