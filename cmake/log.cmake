# `log`: spdlog and fmt compiled once, into a static library: header-only, they take half of the time
# of every file that logs, and as shared libraries they and the libstdc++ that they need would be most
# of an idle daemon's memory. The definitions are PUBLIC, as Asio's are.
add_library(log STATIC ${CMAKE_CURRENT_LIST_DIR}/log.cpp)
if(WIN32)
    target_sources(log PRIVATE ${CMAKE_CURRENT_LIST_DIR}/log_windows.cpp)
endif()
target_compile_definitions(log PUBLIC SPDLOG_COMPILED_LIB SPDLOG_FMT_EXTERNAL)
target_include_directories(log SYSTEM PUBLIC
    $<TARGET_PROPERTY:spdlog::spdlog_header_only,INTERFACE_INCLUDE_DIRECTORIES>)
target_link_libraries(log PUBLIC Threads::Threads)
