import * as vscode from 'vscode';
import { proves } from '../../requirements.ts';
import { eventually } from '../../support/eventually.ts';
import { HOSTED_FILES } from '../host/hosted.ts';
import type { Disturbances } from '../page/disturbances.ts';
import { askPage, beginLooking, ready, show } from './support.ts';

describe(proves('F9', 'the look for what disturbs a person'), () => {
  before(ready);

  it('sees a notification, and the focus leaving the editor', async function () {
    await show(HOSTED_FILES.stamped);
    if (!(await beginLooking())) return this.skip();
    const seen = (): Promise<Disturbances | null> => askPage<Disturbances>('disturbances');
    void vscode.window.showWarningMessage('Something popped up');
    await eventually('the notification', async () => (await seen())?.toasts.length === 1);
    await vscode.commands.executeCommand('workbench.view.explorer');
    await eventually('the focus in the side bar', async () => /sidebar/.test((await seen())?.focus.join() ?? ''));
  });
});
