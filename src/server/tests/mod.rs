mod catalogue;
mod contract;
mod faults;
mod openapi;
mod preferences;
mod simulations;
mod sockets;
mod tokens;
