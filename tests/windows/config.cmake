# The rest of the room's tests are about users of POSIX, whose paths are none here; which platform it
# is, the settings are told (config::environment), and Windows' are tested everywhere.
set(config_tests ../unit/config)
gangway_test(windows_config_tests unit
    SOURCES
        ${config_tests}/daemon_json_test.cpp
        ${config_tests}/endpoint_test.cpp
        ${config_tests}/example.cpp
        ${config_tests}/nearest_test.cpp
        ${config_tests}/units_test.cpp
        ${config_tests}/windows_path_test.cpp
        ${config_tests}/windows_share_test.cpp
        ${config_tests}/windows_words_test.cpp
    LIBRARIES config nlohmann_json::nlohmann_json)
