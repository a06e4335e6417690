package sinkbuild

import (
	"encoding/base64"
	"errors"
	"os"

	"github.com/kojiwatch/kojiwatch/config"
	"github.com/kojiwatch/kojiwatch/config/values"
	"github.com/kojiwatch/kojiwatch/internal/cliutil"
	"github.com/kojiwatch/kojiwatch/sinks/render"
	"github.com/kojiwatch/kojiwatch/sinks/webhook"
)

// MaxTemplate bounds the size of a template's file, in bytes.
const MaxTemplate = 1 << 20

// newWebhook builds a sink that sends by HTTP.
func newWebhook(s *config.Sink, around Deps) (*webhook.Sink, error) {
	c := s.Webhook
	form, err := webhookForm(s)
	if err != nil {
		return nil, err
	}
	security, err := c.HTTPTLS.Client("http_tls")
	if err != nil {
		return nil, err
	}
	o := webhook.Options{
		URL: urlOf(c), Form: form, UserAgent: "kojiwatch/" + cliutil.Release(),
		Authorization: authorization(c), Timeout: c.RequestTimeout, Interval: c.Interval, MaxBytes: int(c.BatchBytes), Redirects: c.Redirects,
		Observe: around.Observe, Annotate: annotate(around.Tracer),
		Transport: webhook.NewTransport(security, c.InFlight, c.RequestTimeout),
	}
	if o.Headers, o.HeaderTemplates, err = c.SplitHeaders(); err != nil {
		return nil, err
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

// templateFile parses the template in a file. It returns nil if path is empty.
func templateFile(path string) (*render.Template, error) {
	if path == "" {
		return nil, nil //nolint:nilnil // a template is optional
	}
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
