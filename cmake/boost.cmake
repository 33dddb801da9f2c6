# Asio and Beast compiled once instead of in every translation unit. The definitions are PUBLIC:
# a file compiled without them would break the one-definition rule.
add_library(asio STATIC ${CMAKE_CURRENT_LIST_DIR}/boost_asio.cpp)
target_compile_definitions(asio PUBLIC BOOST_ASIO_SEPARATE_COMPILATION BOOST_ASIO_NO_DEPRECATED)
target_link_libraries(asio PUBLIC Boost::headers Threads::Threads)

add_library(beast STATIC ${CMAKE_CURRENT_LIST_DIR}/boost_beast.cpp)
target_compile_definitions(beast PUBLIC BOOST_BEAST_SEPARATE_COMPILATION)
target_link_libraries(beast PUBLIC asio)
