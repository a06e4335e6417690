package kojirpc

import "time"

// Stats are the counts of a client and its sessions. Except for InFlight, they never
// decrease.
type Stats struct {
	// Calls counts calls; Requests counts HTTP requests, including retries and
	// logins.
	Calls, Requests uint64
	// Batches counts multiCalls, Batched the calls in them.
	Batches, Batched uint64
	// Retries counts retried requests.
	Retries uint64
	// Refused counts requests that the circuit breaker refused.
	Refused uint64
	// Logins counts successful logins, Renewals renewed sessions.
	Logins, Renewals uint64
	// InFlight is the number of requests under way.
	InFlight int
	// Down reports that the circuit breaker is open.
	Down bool
}

func (h *hub) snapshot() Stats {
	return Stats{
		Calls:    h.calls.Load(),
		Requests: h.sender.Requests.Load(),
		Batches:  h.batches.Load(),
		Batched:  h.batched.Load(),
		Retries:  h.sender.Retries.Load(),
		Refused:  h.sender.Refused.Load(),
		Logins:   h.logins.Load(),
		Renewals: h.renewals.Load(),
		InFlight: h.sender.InFlight(),
		Down:     h.sender.IsDown(),
	}
}

// NoticeKind is the kind of a [Notice].
type NoticeKind string

// The kinds of notices.
const (
	// NoticeRetry reports that a request failed and will be sent again after Wait.
	NoticeRetry NoticeKind = "retry"
	// NoticeDown reports that the hub is failing and is not called for Wait.
	NoticeDown NoticeKind = "down"
	// NoticeUp reports that the hub answers again.
	NoticeUp NoticeKind = "up"
	// NoticeLogin reports that a session has logged in.
	NoticeLogin NoticeKind = "login"
	// NoticeRenewed reports that an expired session was renewed.
	NoticeRenewed NoticeKind = "renewed"
	// NoticeLoginFailed reports that a login failed and is not tried again for Wait.
	NoticeLoginFailed NoticeKind = "login-failed"
	// NoticeOldTLS reports that the web server asks for the client's certificate
	// only after the handshake, which Go supports for TLS 1.2 but not for 1.3.
	NoticeOldTLS NoticeKind = "old-tls"
)

// Notice reports an event such as a retry, a login or an outage.
type Notice struct {
	Kind   NoticeKind
	Method string        // the method called, for NoticeRetry
	Wait   time.Duration // until the next attempt
	Err    error         // the cause
}
