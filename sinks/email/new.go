package email

import (
	"fmt"
	"net"
	"strings"

	"github.com/kojiwatch/kojiwatch/sinks"
	"github.com/kojiwatch/kojiwatch/sinks/render"
)

// New returns a sink. It does not connect before Send is called.
func New(o Options) (*Sink, error) {
	host, _, err := net.SplitHostPort(o.Server)
	if err != nil {
		return nil, fmt.Errorf("mail server: %w", err)
	}
	if !strings.Contains(o.From.Address, "@") {
		return nil, fmt.Errorf("%q is not a mail address", o.From.Address)
	}
	if o.Subject == nil {
		if o.Subject, err = render.Parse("subject", ownSubject); err != nil {
			return nil, err
		}
	}
	if o.Body == nil {
		if o.Body, err = render.Parse("body", ownBody); err != nil {
			return nil, err
		}
	}
	return &Sink{o: o, host: host, pace: sinks.NewPace(o.Interval)}, nil
}
