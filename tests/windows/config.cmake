gangway_test(windows_config_tests unit
    SOURCES
        ../unit/config/endpoint_test.cpp
        ../unit/config/nearest_test.cpp
        ../unit/config/units_test.cpp
        ../unit/config/windows_path_test.cpp
    LIBRARIES config nlohmann_json::nlohmann_json)
