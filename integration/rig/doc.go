// Package rig provides the environment of integration tests: a real RabbitMQ, an
// unreliable network in front of it, recorded messages to publish, and the daemon as a
// separate process.
//
// A test package runs its tests with Main:
//
//	func TestMain(m *testing.M) { rig.Main(m) }
//
// A test then gets what it needs:
//
//	b := rig.Broker(t)                            // a new vhost
//	link := rig.Proxy(t, b)                       // cut, stall, slow, refuse
//	d := rig.Daemon(t, "run", "--config", path)   // killed at the end of the test
//	p := rig.Publisher(t, b)
//
// A private RabbitMQ is started when the first test needs it, and serves all tests of
// the package. It is the rabbitmq-server of this machine or, if there is none or with
// KOJIWATCH_TEST_BROKER=container, one in a container with the image in
// KOJIWATCH_TEST_RABBITMQ_IMAGE. To use a running broker instead, set
// KOJIWATCH_TEST_AMQP_URL and, if its management API is not on port 15672 of the same
// host with the same user, KOJIWATCH_TEST_ADMIN_URL; the user must be an administrator.
// Tests that stop or kill the broker use PrivateBroker.
//
// All processes end with the tests, on Linux even if the tests are killed.
package rig
