package sinkbuild

import (
	"encoding/base64"
	"errors"
	"fmt"
	"maps"
	"os"
	"slices"

	"github.com/kojiwatch/kojiwatch/config"
	"github.com/kojiwatch/kojiwatch/config/values"
	"github.com/kojiwatch/kojiwatch/internal/cliutil"
	"github.com/kojiwatch/kojiwatch/sinks/render"
	"github.com/kojiwatch/kojiwatch/sinks/webhook"
)

// MaxTemplate bounds the file of a template.
const MaxTemplate = 1 << 20

// newWebhook builds a sink that sends by HTTP.
func newWebhook(s *config.Sink, around Deps) (*webhook.Sink, error) {
	c := s.Webhook
	form, err := webhookForm(s)
	if err != nil {
		return nil, fmt.Errorf("sink %s: %w", s.Name, err)
	}
	security, err := TlsConfig(&c.HTTPTLS, "http_tls")
	if err != nil {
		return nil, fmt.Errorf("sink %s: %w", s.Name, err)
	}
	o := webhook.Options{
		URL: urlOf(c), Form: form, UserAgent: "kojiwatch/" + cliutil.Release(),
		Authorization: authorization(c), Timeout: c.RequestTimeout, Interval: c.Interval, MaxBytes: int(c.BatchBytes), Redirects: c.Redirects,
		Observe: around.Observe, Annotate: annotate(around.Tracer),
		Transport: webhook.NewTransport(security, c.InFlight, c.RequestTimeout),
	}
	if name, err := setHeaders(&o, c); err != nil {
		return nil, fmt.Errorf("sink %s: headers.%s: %w", s.Name, name, err)
	}
	if c.SigningSecret.IsSet() {
		o.Keys = func() ([][]byte, error) {
			text, err := c.SigningSecret.Reveal()
			if err != nil {
				return nil, err
			}
			return webhook.ParseKeys(text)
		}
	}
	return webhook.New(o), nil
}

// webhookForm returns the form of a sink's requests.
func webhookForm(s *config.Sink) (webhook.Form, error) {
	chats := map[config.SinkType]webhook.Form{
		config.SinkSlack: webhook.Slack, config.SinkMattermost: webhook.Mattermost, config.SinkMatrix: webhook.Matrix,
		config.SinkDiscord: webhook.Discord, config.SinkTeams: webhook.Teams, config.SinkNtfy: webhook.Ntfy,
	}
	if form := chats[s.Type]; form != nil {
		return form, nil
	}
	c := s.Webhook
	switch together := c.Batch > 1; c.Body {
	case webhook.BodyNDJSON:
		return webhook.NDJSON, nil
	case webhook.BodyCloudEvents:
		return webhook.CloudEvents(together), nil
	case webhook.BodyCloudEventsBinary:
		return webhook.CloudEventsBinary, nil
	case webhook.BodyTemplate:
		return templateForm(c)
	default:
		return webhook.JSON(together), nil
	}
}

func templateForm(c *webhook.Config) (webhook.Form, error) {
	t, err := templateFile(c.TemplateFile)
	if err != nil {
		return nil, err
	}
	return webhook.Template(t, c.ContentType), nil
}

// templateFile reads the template in a file.
func templateFile(path string) (*render.Template, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() || info.Size() > MaxTemplate {
		return nil, errors.New(path + " is not a file of at most 1 MiB")
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	return render.Parse(path, string(text))
}

// setHeaders sets the headers of each request. An error comes with the name of the
// header whose template is wrong.
func setHeaders(o *webhook.Options, c *webhook.Config) (wrong string, err error) {
	o.Headers, o.HeaderTemplates = map[string]string{}, map[string]*render.Template{}
	for _, name := range slices.Sorted(maps.Keys(c.Headers)) {
		value, _ := c.Headers[name].(string) // checked with the configuration
		if !webhook.IsTemplate(value) {
			o.Headers[name] = value
			continue
		}
		if o.HeaderTemplates[name], err = render.Parse("header", value); err != nil {
			return name, err
		}
	}
	return "", nil
}

func urlOf(c *webhook.Config) func() (string, error) {
	return func() (string, error) {
		text, err := c.URL.Reveal()
		if err == nil && !values.IsWebAddress(text) {
			err = errors.New("url: the value is not a web address")
		}
		return text, err
	}
}

func authorization(c *webhook.Config) func() (string, error) {
	switch {
	case c.BearerToken.IsSet():
		return func() (string, error) {
			token, err := c.BearerToken.Reveal()
			return "Bearer " + token, err
		}
	case c.BasicUser != "":
		return func() (string, error) {
			password, err := c.BasicPassword.Reveal()
			return "Basic " + base64.StdEncoding.EncodeToString([]byte(c.BasicUser+":"+password)), err
		}
	}
	return nil
}

// webhookMistake says what is wrong with what a sink sends, and the key it is
// wrong in.
func webhookMistake(s *config.Sink) (key string, err error) {
	c := s.Webhook
	if _, err := webhookForm(s); err != nil {
		return "template_file", err
	}
	if name, err := setHeaders(new(webhook.Options), c); err != nil {
		return "headers." + name, err
	}
	if c.SigningSecret.IsSet() && c.SigningSecret.File() == "" {
		text, err := c.SigningSecret.Reveal()
		if err == nil {
			_, err = webhook.ParseKeys(text)
		}
		if err != nil {
			return "signing_secret", err
		}
	}
	return "", nil
}
