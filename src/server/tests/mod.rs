mod catalogue;
mod contract;
mod faults;
mod openapi;
mod simulations;
mod sockets;
mod tokens;
