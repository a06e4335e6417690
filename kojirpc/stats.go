package kojirpc

import "time"

// Stats counts what a client and its sessions have done so far. The counts only
// grow.
type Stats struct {
	// Calls counts the calls made, Requests the HTTP requests that this took,
	// repeated ones and logins included.
	Calls, Requests uint64
	// Batches counts the batches sent, Batched the calls in them.
	Batches, Batched uint64
	// Retries counts the requests that were sent again.
	Retries uint64
	// Refused counts requests not sent because the hub had failed.
	Refused uint64
	// Logins and Renewals count logins done and sessions renewed.
	Logins, Renewals uint64
	// InFlight is how many requests are under way.
	InFlight int
	// Down says that the hub has failed and is not tried for a while.
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

// NoticeKind says what a [Notice] is about.
type NoticeKind string

// The kinds of notice.
const (
	// NoticeRetry reports that a request failed and will be sent again after Wait.
	NoticeRetry NoticeKind = "retry"
	// NoticeDown reports that the hub has failed and is not called for Wait.
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
	// only after the handshake, which Go can give it with TLS 1.2 but not 1.3.
	NoticeOldTLS NoticeKind = "old-tls"
)

// Notice tells of something that happens besides calls.
type Notice struct {
	Kind   NoticeKind
	Method string        // of the call, for NoticeRetry
	Wait   time.Duration // until it goes on
	Err    error         // what was wrong
}
