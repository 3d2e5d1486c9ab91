package main

import (
	"context"
	"time"

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
	return o, readBooks(d.folder, &o)
}

// buyContent is what the school did before.
func (d *demo) buyContent() {
	for _, asset := range demoContent {
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
