gangway_test(windows_gangway_tests unit
    SOURCES
        ../unit/gangway/command_line_test.cpp
        ../unit/gangway/doctor_client_test.cpp
        ../unit/gangway/doctor_host_test.cpp
        ../unit/gangway/doctor_instance_test.cpp
        ../unit/gangway/doctor_pipe_test.cpp
        ../unit/gangway/doctor_text_test.cpp
        ../unit/gangway/progress_test.cpp
        ../unit/gangway/redact_test.cpp
        ../unit/gangway/ssh_greeting_test.cpp
        ../unit/gangway/status_text_test.cpp
        ../unit/gangway/vm_text_test.cpp
        ../unit/gangway/why_text_test.cpp
        ../unit/gangway/wording_test.cpp
        gangway/control_pipe_test.cpp
        gangway/machine_test.cpp
        gangway/pipe_daemon.cpp
        support/program.cpp
    LIBRARIES gangway_command asio nlohmann_json::nlohmann_json)
compile_apart(../unit/gangway/status_text_test.cpp ../unit/gangway/why_text_test.cpp)
