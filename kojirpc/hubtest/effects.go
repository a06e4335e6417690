package hubtest

import (
	"net/http"
	"time"
)

// before applies the effects that come before a call. done: there will be none.
func (h *Hub) before(w http.ResponseWriter, r *http.Request, effects []Effect) (done bool) {
	for _, e := range effects {
		switch e.kind {
		case expired, closed:
			if cred, _, err := h.credentials(r); cred != nil && err == nil {
				h.disturb(cred.id, e.kind)
			}
		case droppedBefore:
			panic(http.ErrAbortHandler)
		case errorPage:
			_ = h.pause(r, effects)
			w.Header().Del("Koji-Version")
			page(w, e.status, "The proxy server could not handle the request.")
			return true
		case garbage:
			_ = h.pause(r, effects)
			w.Header().Set("Content-Type", "text/html")
			_, _ = w.Write(e.body)
			return true
		default: // these come later
		}
	}
	return false
}

func (h *Hub) disturb(session int64, kind effectKind) {
	if kind == expired {
		h.Expire(session)
		return
	}
	h.CloseSession(session)
}

// pause waits as long as the effects say.
func (h *Hub) pause(r *http.Request, effects []Effect) error {
	var d time.Duration
	var forever <-chan time.Time
	for _, e := range effects {
		switch e.kind {
		case delayed:
			d += e.delay
		case hung:
			forever = make(chan time.Time)
		default: // these do not wait
		}
	}
	if d == 0 && forever == nil {
		return nil
	}
	wait := forever
	if forever == nil {
		timer := time.NewTimer(d)
		defer timer.Stop()
		wait = timer.C
	}
	select {
	case <-wait:
		return nil
	case <-r.Context().Done():
		return r.Context().Err()
	case <-h.ctx.Done():
		return h.ctx.Err()
	}
}

// afterwards applies the effects that come after a call. cut: the connection is to
// end in the middle of the answer.
func afterwards(doc []byte, effects []Effect) (out []byte, cut bool) {
	for _, e := range effects {
		switch e.kind {
		case rewritten:
			doc = e.change(doc)
		case droppedAfter:
			panic(http.ErrAbortHandler)
		case droppedDuring:
			cut = true
		default: // these came before
		}
	}
	return doc, cut
}
