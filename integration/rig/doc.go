// Package rig is what integration tests stand on: a real RabbitMQ, a bad
// network in front of it, recorded messages to publish, and the daemon as a
// process of its own.
//
// A test package hands its tests to Main:
//
//	func TestMain(m *testing.M) { rig.Main(m) }
//
// A test then asks for what it needs:
//
//	b := rig.Broker(t)                            // a vhost of its own
//	link := rig.Proxy(t, b)                       // cut, stall, slow, refuse
//	d := rig.Daemon(t, "run", "--config", path)   // ended with the test
//	p := rig.Publisher(t, b)
//
// A private RabbitMQ is started at the first need and serves all tests of the
// package: the rabbitmq-server of this machine or, where there is none and with
// KOJIWATCH_TEST_BROKER=container, one in a container, of the image that
// KOJIWATCH_TEST_RABBITMQ_IMAGE names. KOJIWATCH_TEST_AMQP_URL names a broker to
// use instead, and KOJIWATCH_TEST_ADMIN_URL its management API, if that is not on
// port 15672 of the same host with the same user; the user must be an
// administrator. Tests that stop or kill a broker have one of their own,
// PrivateBroker.
//
// All processes end with the tests, on Linux even if those are killed.
package rig
