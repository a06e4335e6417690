package config

import (
	"github.com/kojiwatch/kojiwatch/config/schema"
	"github.com/kojiwatch/kojiwatch/internal/campaign"
)

// Campaign is a set of builds that the daemon follows from its start on.
type Campaign struct {
	Name     string   `yaml:"name" required:"true" doc:"The name of the campaign: letters, digits, dots, dashes and underscores. One that was started is known by its name and stays as it was started." example:"f44-rebuild"`
	Targets  []string `yaml:"targets" doc:"Builds for these build targets. Here and in the other lists, * stands for any text and ? for one character." example:"[f44-rebuild]"`
	Tags     []string `yaml:"tags" doc:"Builds for or in these tags." example:"[f44-python]"`
	Owners   []string `yaml:"owners" doc:"Builds of these owners." example:"[releng]"`
	Packages []string `yaml:"packages" doc:"Builds of these packages, which are what there is to do." example:"[bash, gcc]"`
	NVRs     []string `yaml:"nvrs" doc:"Builds with these NVRs, which are what there is to do." example:"[bash-5.2.37-1.fc44]"`
	Digest   string   `yaml:"digest" doc:"The hour, in local time, at which sinks get an event each day that says how far the campaign is. Without it there is none." example:"\"08:00\""`
}

// Definition returns what the campaign is.
func (c *Campaign) Definition() campaign.Definition {
	return campaign.Definition{
		Name: c.Name, Targets: c.Targets, Tags: c.Tags, Owners: c.Owners, Packages: c.Packages, NVRs: c.NVRs,
		Digest: c.Digest,
	}
}

func checkCampaigns(r *schema.Report, campaigns []Campaign) {
	names := map[string]bool{}
	for i := range campaigns {
		key := schema.Item("campaigns", i)
		d := campaigns[i].Definition()
		err := d.Check()
		switch {
		case r.Failed(schema.Join(key, "name")):
		case err != nil:
			r.Add(key, "%v", err)
		case names[d.Name]:
			r.Add(key, "there is another campaign with the name %s", d.Name)
		}
		names[d.Name] = true
	}
}
