package webhook

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/kojiwatch/kojiwatch/config/schema"
	"github.com/kojiwatch/kojiwatch/config/values"
	"github.com/kojiwatch/kojiwatch/sinks/render"
)

// Body is the format of a webhook sink's requests.
type Body string

// The choices of [Body].
const (
	BodyEvent             Body = "event"
	BodyNDJSON            Body = "ndjson"
	BodyCloudEvents       Body = "cloudevents"
	BodyCloudEventsBinary Body = "cloudevents-binary"
	BodyTemplate          Body = "template"
)

// Config holds the keys of a webhook sink, and of the sinks that write to a chat.
type Config struct {
	URL            values.Secret   `yaml:"url" doc:"The address to post to, http or https. It is required, and treated as a secret: with many chats, anyone who knows it may write." example:"https://ci.example.com/koji"`
	Body           Body            `yaml:"body" default:"event" enum:"event,ndjson,cloudevents,cloudevents-binary,template" doc:"The body of a webhook's requests: event is the event's JSON, or an array if batch is more than 1; ndjson is one event per line; cloudevents and cloudevents-binary are CloudEvents 1.0, in structured and binary mode; template is the output of template_file. Chats have formats of their own."`
	TemplateFile   string          `yaml:"template_file" format:"path" doc:"The file of the template, in the language of Go's text/template; see docs/sinks.md. It is read at startup." example:"/etc/kojiwatch/body.tmpl"`
	ContentType    string          `yaml:"content_type" default:"application/json" doc:"The content type of the template's output."`
	Headers        map[string]any  `yaml:"headers" doc:"Further headers of each request. A value with {{ in it is a template, like the body, and needs batch 1." example:"{X-Team: kernel}"`
	SigningSecret  values.Secret   `yaml:"signing_secret" doc:"Sign each message according to Standard Webhooks, with a secret that begins with whsec_. Several secrets, separated by spaces, make one signature each, so that one can be replaced." example:"${KOJIWATCH_SIGNING_SECRET}"`
	BearerToken    values.Secret   `yaml:"bearer_token" doc:"The token of the sender (Authorization: Bearer)." example:"${KOJIWATCH_TOKEN}"`
	BasicUser      string          `yaml:"basic_user" doc:"The user to log in as (Authorization: Basic)." example:"kojiwatch"`
	BasicPassword  values.Secret   `yaml:"basic_password" doc:"That user's password." example:"${KOJIWATCH_BASIC_PASSWORD}"`
	HTTPTLS        values.TLS      `yaml:"http_tls" doc:"TLS for the receiver, with https. Files are read at startup."`
	RequestTimeout time.Duration   `yaml:"request_timeout" default:"30s" min:"10ms" max:"10m" doc:"How long one request may take, up to the end of its answer."`
	Redirects      int             `yaml:"redirects" default:"0" min:"0" max:"10" doc:"How many redirects are followed, if they ask for the same request (307, 308) at the same host and port (or lead from http to https, each at its default port). Any other redirect is a failed request."`
	InFlight       int             `yaml:"in_flight" min:"1" max:"1024" derived:"64; 1 for chats" doc:"How many requests may be sent at once. Events about one task or build still keep their order." example:"64"`
	Batch          int             `yaml:"batch" min:"1" max:"1000" derived:"1; 100 for chats" doc:"The largest number of events in one request. A request carries the events that are ready and waits for more only with batch_age." example:"1"`
	BatchBytes     values.ByteSize `yaml:"batch_bytes" default:"0" min:"0" max:"64MiB" doc:"The largest body of a request with several events; 0 is no limit. A larger event is sent alone. For webhook only."`
	BatchAge       time.Duration   `yaml:"batch_age" default:"0" min:"0" max:"10m" doc:"How long a request waits for more events after the first, unless batch or batch_bytes is reached before."`
	Interval       time.Duration   `yaml:"interval" min:"0" max:"1h" derived:"0; 1s for chats" doc:"The shortest time between requests. Events that arrive meanwhile are sent together, up to batch; a chat message counts those it does not show." example:"1s"`
}

// isChat reports whether a type of sink sends messages for people to a chat.
func isChat(sinkType string) bool { return sinkType != "webhook" }

// Derive sets the defaults that depend on the type of the sink, except for keys for which
// given returns true.
func (c *Config) Derive(sinkType string, given func(key string) bool) {
	inFlight, batch, interval := 64, 1, time.Duration(0)
	if isChat(sinkType) {
		inFlight, batch, interval = 1, 100, time.Second
	}
	if !given("in_flight") {
		c.InFlight = inFlight
	}
	if !given("batch") {
		c.Batch = batch
	}
	if !given("interval") {
		c.Interval = interval
	}
}

// Check reports keys that contradict each other or have invalid values.
func (c *Config) Check(r *schema.Report, key, sinkType string) {
	at := func(name string) string { return schema.Join(key, name) }
	switch {
	case !c.URL.IsSet() && !r.Failed(at("url")) && !r.Failed(at("url"+schema.FileSuffix)):
		r.Add(at("url"), "is missing")
	case c.URL.IsSet() && c.URL.File() == "":
		if text, err := c.URL.Reveal(); err == nil && !values.IsWebAddress(text) {
			r.Add(at("url"), "the value is not a web address; write it like https://ci.example.com/koji")
		}
	}
	switch {
	case isChat(sinkType) && c.Body != BodyEvent:
		r.Add(at("body"), "is for type webhook only; a chat gets a message in its own form")
	case c.Body == BodyTemplate && c.TemplateFile == "":
		r.Add(at("body"), "needs %s", r.Name(at("template_file")))
	case c.Body != BodyTemplate && c.TemplateFile != "":
		r.Add(at("template_file"), "is for body template only")
	case c.Batch > 1 && (c.Body == BodyTemplate || c.Body == BodyCloudEventsBinary):
		r.Add(at("batch"), "must be 1: this body carries one event")
	}
	c.checkBatch(r, at, sinkType)
	if c.BearerToken.IsSet() && c.BasicUser != "" {
		r.Add(at("basic_user"), "a request can be authorised in one way; take it or bearer_token away")
	}
	if c.BasicPassword.IsSet() && c.BasicUser == "" {
		r.Add(at("basic_password"), "needs %s", r.Name(at("basic_user")))
	}
	c.checkSecret(r, at("signing_secret"))
	for name, value := range c.Headers {
		if _, ok := value.(string); !ok || !isHeader(name, value.(string)) {
			r.Add(schema.Join(at("headers"), name), "is not a header; write it like X-Team: kernel")
		} else if isTemplate(value.(string)) && c.Batch > 1 {
			r.Add(schema.Join(at("headers"), name), "is a template, which is about one event; batch must be 1 then")
		} else if _, err := headerTemplate(value.(string)); err != nil {
			r.Add(schema.Join(at("headers"), name), "%v", err)
		}
	}
}

// checkSecret reports an invalid signing secret. A secret in a file is not checked here,
// since it is read at each use.
func (c *Config) checkSecret(r *schema.Report, key string) {
	if !c.SigningSecret.IsSet() || c.SigningSecret.File() != "" || r.Failed(key) {
		return
	}
	text, err := c.SigningSecret.Reveal()
	if err == nil {
		_, err = ParseKeys(text)
	}
	if err != nil {
		r.Add(key, "%v", err)
	}
}

// SplitHeaders returns the headers with fixed values, and those that are templates.
func (c *Config) SplitHeaders() (texts map[string]string, templates map[string]*render.Template, err error) {
	texts, templates = map[string]string{}, map[string]*render.Template{}
	for name, value := range c.Headers {
		text, _ := value.(string) // Check has verified the type
		t, err := headerTemplate(text)
		switch {
		case err != nil:
			return nil, nil, fmt.Errorf("headers.%s: %w", name, err)
		case t != nil:
			templates[name] = t
		default:
			texts[name] = text
		}
	}
	return texts, templates, nil
}

// headerTemplate returns the template of a header, or nil if its value is fixed.
func headerTemplate(text string) (*render.Template, error) {
	if !isTemplate(text) {
		return nil, nil //nolint:nilnil // a fixed value
	}
	return render.Parse("header", text)
}

func (c *Config) checkBatch(r *schema.Report, at func(string) string, sinkType string) {
	switch {
	case c.BatchBytes > 0 && isChat(sinkType):
		r.Add(at("batch_bytes"), "is for type webhook only; a chat's message is short anyway")
	case c.BatchBytes > 0 && c.Batch == 1:
		r.Add(at("batch_bytes"), "needs a batch of more than 1")
	}
	if c.BatchAge > 0 && c.Batch == 1 {
		r.Add(at("batch_age"), "needs a batch of more than 1")
	}
}

func isTemplate(text string) bool { return strings.Contains(text, "{{") }

// isHeader reports whether name and value are a valid header (RFC 9110, 5.1 and 5.5) that
// net/http does not set itself.
func isHeader(name, value string) bool {
	token := func(r rune) bool {
		return r > ' ' && r < 0x7f && !strings.ContainsRune(`"(),/:;<=>?@[\]{}`, r)
	}
	own := []string{"host", "content-length", "transfer-encoding", "connection", "trailer"}
	return name != "" && !strings.ContainsFunc(name, func(r rune) bool { return !token(r) }) &&
		!strings.ContainsFunc(value, func(r rune) bool { return r < ' ' && r != '\t' || r >= 0x7f }) &&
		!slices.Contains(own, strings.ToLower(name))
}
