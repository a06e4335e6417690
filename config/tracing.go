package config

import (
	"github.com/kojiwatch/kojiwatch/config/schema"
	"github.com/kojiwatch/kojiwatch/config/values"
)

// Tracing configures tracing.
type Tracing struct {
	Endpoint      string        `yaml:"endpoint" doc:"The URL of a collector that accepts OTLP over HTTP. Without it, there is no tracing." example:"http://127.0.0.1:4318/v1/traces"`
	Authorization values.Secret `yaml:"authorization" doc:"The value of the Authorization header, if the collector requires one." example:"Bearer ${TRACES_TOKEN}"`
	OneIn         int           `yaml:"one_in" default:"1" min:"1" max:"1000000" doc:"Trace one delivery in this many. A message that is already part of a trace follows the decision made there."`
	TLS           values.TLS    `yaml:"tls" doc:"TLS for an https collector, with the client certificate."`
}

func (t *Tracing) check(r *schema.Report) {
	const key = "tracing.endpoint"
	if t.Endpoint != "" && !r.Failed(key) && !values.IsWebAddress(t.Endpoint) {
		r.Add(key, "%s is not a web address; write it like http://127.0.0.1:4318/v1/traces", r.Show(key, t.Endpoint))
	}
}
