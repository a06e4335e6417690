// Package replay publishes recorded deliveries again, with the same exchange,
// routing key, properties, headers and body, so that a consumer gets what it
// got when they were recorded.
//
// A recording is a file of JSON lines, one delivery each:
//
//	{"exchange": "amq.topic", "routing_key": "koji.task.free",
//	 "properties": {"type": "amqp-1.0", "delivery_mode": 1,
//	  "headers": {"id": {"t": "l", "v": 877}}},
//	 "body_b64": "…"}
//
// A header has the letter of its AMQP type and its value: "v", or "b64" for
// strings that are not UTF-8. Other keys are ignored.
package replay
