package hub

import (
	"errors"
	"io"
	"testing"

	"github.com/kojiwatch/kojiwatch/config"
)

// TestAccessByPreset: a preset needs no configuration of Koji's client.
func TestAccessByPreset(t *testing.T) {
	a, err := (&Options{Preset: "rocky", Login: true}).access("", io.Discard)
	if err != nil {
		t.Fatal(err)
	}
	if o := a.Options; o.Server != "https://koji.rockylinux.org/kojihub" || o.WebURL != "https://koji.rockylinux.org/koji" ||
		a.credentials.Negotiator == nil {
		t.Errorf("got %+v", o)
	}
	for name, o := range map[string]Options{
		"unknown":       {Preset: "rokcy"},
		"and a profile": {Preset: "rocky", Profile: "koji"},
		"and a URL":     {Preset: "rocky", URL: "https://koji.example.com/kojihub"},
	} {
		t.Run(name, func(t *testing.T) {
			if _, err := o.access("", io.Discard); !errors.As(err, new(*config.Error)) {
				t.Errorf("got %v", err)
			}
		})
	}
}
