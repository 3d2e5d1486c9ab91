package main

import (
	"context"
	"slices"
	"time"

	"heraut/activities"
	"heraut/content"
	"heraut/people"
	"heraut/settings"
	appsbookssim "heraut/simulator/appsbooks"
	"heraut/simulator/school"
)

// demoContent is what the school has bought: apps for everybody, books for a
// class and a half.
var demoContent = []appsbookssim.Asset{
	{AdamID: "1001", Total: 400}, {AdamID: "1002", Total: 60}, {AdamID: "2001", Total: 35, Book: true},
}

// apple is how the demo's Apps and Books begins: where it was when the process
// ended, however that was.
func (d *demo) apple() (appsbookssim.Options, error) {
	o := appsbookssim.Options{Keep: func(state []byte) error { return replaceFile(d.file(booksStateFile), state) }}
	err := readBooks(d.folder, &o)
	return o, err
}

// buyContent is what the school did before.
func (d *demo) buyContent() {
	for _, asset := range demoContent {
		asset.Name = titles[asset.AdamID]
		d.books.AddAsset(school.Name, asset)
	}
}

// installToken does what an administrator does who has downloaded one.
func (d *demo) installToken(ctx context.Context) error {
	file := d.books.Token(school.Name, time.Now().AddDate(1, 0, 0))
	_, secret, err := contentToken{d.parts}.Read(ctx, string(file))
	if err != nil {
		return err
	}
	claimed, err := contentToken{d.parts}.Claim(ctx, secret, false)
	return d.put(ctx, settings.NameContentToken, claimed, secret, err)
}

// promiseContent does what a teacher does who gives the eager class an app and
// a book, before anybody is invited.
func (d *demo) promiseContent(ctx context.Context) error {
	apple := &books{parts: d.parts}
	defer apple.Close()
	opened, err := libraries{apple}.OpenLibraries(ctx)
	if err != nil || len(opened) == 0 {
		return err
	}
	owned, err := d.keepContent(ctx, opened[0])
	if err != nil {
		return err
	}
	groups, err := d.groups(ctx)
	if err != nil {
		return err
	}
	class := slices.IndexFunc(groups, func(g people.Group) bool { return g.Name == school.Eager })
	_, err = d.parts.store.PutContent(ctx, demoActor, content.Owner{GroupID: groups[class].ID}, content.Choices(owned[0].AssetRef, owned[2].AssetRef))
	return err
}

// keepContent does what the worker's first distribution does, which has not
// come yet.
func (d *demo) keepContent(ctx context.Context, library activities.Library) (owned []content.Asset, err error) {
	err = library.Assets(ctx, func(page []content.Asset) error {
		owned = append(owned, page...)
		return nil
	})
	if err != nil {
		return nil, err
	}
	for i := range owned {
		if owned[i].Name, err = library.Name(ctx, owned[i].AdamID); err != nil {
			return nil, err
		}
	}
	return owned, d.parts.store.KeepAssets(ctx, library.Location(), owned)
}
